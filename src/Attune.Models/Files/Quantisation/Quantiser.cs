using System.Collections.Frozen;
using Attune.Tensors;

namespace Attune.Models.Files;

/// <summary>
/// Packs float32 values as a tensor type. Bytes equal those of ggml's reference quantisers, but for the types that search for their scales
/// (K and IQ4): there the squared error is what is made least.
/// </summary>
internal static class Quantiser
{
    /// <summary>Encodes whole blocks, as <see cref="Dequantiser.Routine"/> decodes them.</summary>
    public delegate void Routine(ReadOnlySpan<float> values, Span<byte> packed);

    /// <summary>The types that can be written.</summary>
    public static FrozenDictionary<TensorType, Routine> Routines { get; } = new Dictionary<TensorType, Routine>
    {
        [TensorType.F32] = PlainTypes.WriteF32,
        [TensorType.F16] = PlainTypes.WriteF16,
        [TensorType.BF16] = PlainTypes.WriteBF16,
        [TensorType.Q4_0] = BlocksQ4.Write0,
        [TensorType.Q4_1] = BlocksQ4.Write1,
        [TensorType.Q5_0] = BlocksQ5.Write0,
        [TensorType.Q5_1] = BlocksQ5.Write1,
        [TensorType.Q8_0] = BlocksQ8.Write,
        [TensorType.Q2_K] = BlocksQ2K.Write,
        [TensorType.Q3_K] = BlocksQ3K.Write,
        [TensorType.Q4_K] = BlocksQ4K.Write,
        [TensorType.Q5_K] = BlocksQ5K.Write,
        [TensorType.Q6_K] = BlocksQ6K.Write,
        [TensorType.IQ4_NL] = BlocksIQ4.WriteNL,
        [TensorType.IQ4_XS] = BlocksIQ4.WriteXS,
        [TensorType.TQ1_0] = BlocksTernary.Write1,
        [TensorType.TQ2_0] = BlocksTernary.Write2,
        [TensorType.MXFP4] = BlocksFP4.WriteMX,
    }.ToFrozenDictionary();

    // Scales are float16, of which this is the greatest; in a weight it is a sign of divergence anyway.
    private const float Largest = 65504;

    /// <summary>The names of the writable types, for messages.</summary>
    public static string WritableNames { get; } = string.Join(", ", TensorTypes.All.Where(Routines.ContainsKey).Select(TensorTypes.Name));

    public static bool CanWrite(TensorType type) => Routines.ContainsKey(type);

    /// <exception cref="AttuneException">The type is not written, or a value is not finite where a block would share its scale.</exception>
    /// <exception cref="ArgumentException">The lengths are not those of the same whole blocks.</exception>
    public static void Quantise(TensorType type, ReadOnlySpan<float> values, Span<byte> packed)
    {
        if (!Routines.TryGetValue(type, out var routine))
            throw new AttuneException($"tensor type {TensorTypes.Name(type)} is not written here; choose one of {WritableNames}");
        if (values.Length % TensorTypes.BlockLength(type) != 0 || packed.Length != TensorTypes.Bytes(type, values.Length))
            throw new ArgumentException(FormattableString.Invariant(
                $"Quantise {TensorTypes.Name(type)}: {values.Length} values in blocks of {TensorTypes.BlockLength(type)} do not fill {packed.Length} bytes"));
        if (TensorTypes.IsQuantised(type))
            CheckFinite(type, values);
        routine(values, packed);
    }

    private static void CheckFinite(TensorType type, ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!(MathF.Abs(values[i]) <= Largest))
                throw new AttuneException(FormattableString.Invariant(
                    $"value {i} is {values[i]}, which {TensorTypes.Name(type)} cannot hold; write F32, or find what made the weights diverge"), AttuneErrorKind.Work);
        }
    }
}
