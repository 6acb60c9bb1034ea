using System.Collections.Frozen;
using Attune.Tensors;

namespace Attune.Models.Files;

/// <summary>Turns packed bytes of a tensor type into float32. One routine per type, in one table that tests and benchmarks go through.</summary>
internal static class Dequantiser
{
    /// <summary>Decodes whole blocks: <c>values.Length</c> is the number of blocks in <c>packed</c> times the block's length.</summary>
    public delegate void Routine(ReadOnlySpan<byte> packed, Span<float> values);

    /// <summary>The types whose values can be read.</summary>
    public static FrozenDictionary<TensorType, Routine> Routines { get; } = new Dictionary<TensorType, Routine>
    {
        [TensorType.F32] = PlainTypes.ReadF32,
        [TensorType.F16] = PlainTypes.ReadF16,
        [TensorType.BF16] = PlainTypes.ReadBF16,
        [TensorType.F64] = PlainTypes.ReadF64,
        [TensorType.F8_E4M3] = Float8.ReadE4M3,
        [TensorType.F8_E5M2] = Float8.ReadE5M2,
        [TensorType.Bool] = PlainTypes.ReadU8,
        [TensorType.I8] = PlainTypes.ReadI8,
        [TensorType.U8] = PlainTypes.ReadU8,
        [TensorType.I16] = PlainTypes.ReadI16,
        [TensorType.U16] = PlainTypes.ReadU16,
        [TensorType.I32] = PlainTypes.ReadI32,
        [TensorType.U32] = PlainTypes.ReadU32,
        [TensorType.I64] = PlainTypes.ReadI64,
        [TensorType.U64] = PlainTypes.ReadU64,
        [TensorType.Q4_0] = BlocksQ4.Read0,
        [TensorType.Q4_1] = BlocksQ4.Read1,
        [TensorType.Q5_0] = BlocksQ5.Read0,
        [TensorType.Q5_1] = BlocksQ5.Read1,
        [TensorType.Q8_0] = BlocksQ8.Read,
        [TensorType.Q2_K] = BlocksQ2K.Read,
        [TensorType.Q3_K] = BlocksQ3K.Read,
        [TensorType.Q4_K] = BlocksQ4K.Read,
        [TensorType.Q5_K] = BlocksQ5K.Read,
        [TensorType.Q6_K] = BlocksQ6K.Read,
        [TensorType.IQ1_S] = BlocksIQ1.ReadS,
        [TensorType.IQ1_M] = BlocksIQ1.ReadM,
        [TensorType.IQ2_XXS] = BlocksIQ2.ReadXXS,
        [TensorType.IQ2_XS] = BlocksIQ2.ReadXS,
        [TensorType.IQ2_S] = BlocksIQ2.ReadS,
        [TensorType.IQ3_XXS] = BlocksIQ3.ReadXXS,
        [TensorType.IQ3_S] = BlocksIQ3.ReadS,
        [TensorType.IQ4_NL] = BlocksIQ4.ReadNL,
        [TensorType.IQ4_XS] = BlocksIQ4.ReadXS,
        [TensorType.TQ1_0] = BlocksTernary.Read1,
        [TensorType.TQ2_0] = BlocksTernary.Read2,
        [TensorType.MXFP4] = BlocksFP4.ReadMX,
        [TensorType.NVFP4] = BlocksFP4.ReadNV,
    }.ToFrozenDictionary();

    /// <summary>The names of the readable types, for messages.</summary>
    public static string ReadableNames { get; } = string.Join(", ", TensorTypes.All.Where(Routines.ContainsKey).Select(TensorTypes.Name));

    public static bool CanRead(TensorType type) => Routines.ContainsKey(type);

    /// <summary>
    /// Each element costs one product and at most one sum, each rounded to float32, in the order that the type's layout gives;
    /// so results equal those of ggml bit for bit.
    /// </summary>
    /// <exception cref="AttuneException">The type is not decoded.</exception>
    /// <exception cref="ArgumentException">The lengths are not those of the same whole blocks.</exception>
    public static void Dequantise(TensorType type, ReadOnlySpan<byte> packed, Span<float> values)
    {
        if (!Routines.TryGetValue(type, out var routine))
            throw new AttuneException($"tensor type {TensorTypes.Name(type)} is not decoded here; use a file in one of {ReadableNames}");
        if (values.Length % TensorTypes.BlockLength(type) != 0 || packed.Length != TensorTypes.Bytes(type, values.Length))
            throw new ArgumentException(FormattableString.Invariant(
                $"Dequantise {TensorTypes.Name(type)}: {packed.Length} bytes do not hold {values.Length} values in blocks of {TensorTypes.BlockLength(type)} in {TensorTypes.BlockBytes(type)} bytes"));
        routine(packed, values);
    }
}
