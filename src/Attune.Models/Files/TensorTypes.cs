using System.Collections.Frozen;

namespace Attune.Models.Files;

/// <summary>
/// What is known of each <see cref="TensorType"/>: its name, how many elements a block has (1 for plain types),
/// how many bytes a block takes, and its code in GGUF and name in safetensors where the format has it.
/// </summary>
public static class TensorTypes
{
    private static readonly Row[] Rows =
    [
        new(TensorType.F32, 1, 4, 0, "F32"),
        new(TensorType.F16, 1, 2, 1, "F16"),
        new(TensorType.BF16, 1, 2, 30, "BF16"),
        new(TensorType.F64, 1, 8, 28, "F64"),
        new(TensorType.F8_E4M3, 1, 1, null, "F8_E4M3"),
        new(TensorType.F8_E5M2, 1, 1, null, "F8_E5M2"),
        new(TensorType.Bool, 1, 1, null, "BOOL"),
        new(TensorType.I8, 1, 1, 24, "I8"),
        new(TensorType.U8, 1, 1, null, "U8"),
        new(TensorType.I16, 1, 2, 25, "I16"),
        new(TensorType.U16, 1, 2, null, "U16"),
        new(TensorType.I32, 1, 4, 26, "I32"),
        new(TensorType.U32, 1, 4, null, "U32"),
        new(TensorType.I64, 1, 8, 27, "I64"),
        new(TensorType.U64, 1, 8, null, "U64"),
        new(TensorType.Q4_0, 32, 18, 2, null),
        new(TensorType.Q4_1, 32, 20, 3, null),
        new(TensorType.Q5_0, 32, 22, 6, null),
        new(TensorType.Q5_1, 32, 24, 7, null),
        new(TensorType.Q8_0, 32, 34, 8, null),
        new(TensorType.Q8_1, 32, 36, 9, null),
        new(TensorType.Q2_K, 256, 84, 10, null),
        new(TensorType.Q3_K, 256, 110, 11, null),
        new(TensorType.Q4_K, 256, 144, 12, null),
        new(TensorType.Q5_K, 256, 176, 13, null),
        new(TensorType.Q6_K, 256, 210, 14, null),
        new(TensorType.Q8_K, 256, 292, 15, null),
        new(TensorType.IQ1_S, 256, 50, 19, null),
        new(TensorType.IQ1_M, 256, 56, 29, null),
        new(TensorType.IQ2_XXS, 256, 66, 16, null),
        new(TensorType.IQ2_XS, 256, 74, 17, null),
        new(TensorType.IQ2_S, 256, 82, 22, null),
        new(TensorType.IQ3_XXS, 256, 98, 18, null),
        new(TensorType.IQ3_S, 256, 110, 21, null),
        new(TensorType.IQ4_NL, 32, 18, 20, null),
        new(TensorType.IQ4_XS, 256, 136, 23, null),
        new(TensorType.TQ1_0, 256, 54, 34, null),
        new(TensorType.TQ2_0, 256, 66, 35, null),
        new(TensorType.MXFP4, 32, 17, 39, null),
        new(TensorType.NVFP4, 64, 36, 40, null),
    ];

    private static readonly FrozenDictionary<TensorType, Row> ByType = Rows.ToFrozenDictionary(r => r.Type);

    private static readonly FrozenDictionary<int, TensorType> ByGgufCode =
        Rows.Where(r => r.GgufCode is not null).ToFrozenDictionary(r => r.GgufCode!.Value, r => r.Type);

    private static readonly FrozenDictionary<string, TensorType> BySafetensorsName =
        Rows.Where(r => r.SafetensorsName is not null).ToFrozenDictionary(r => r.SafetensorsName!, r => r.Type, StringComparer.Ordinal);

    /// <summary>Every type, in the order of the enumeration.</summary>
    public static IEnumerable<TensorType> All => Rows.Select(r => r.Type);

    /// <summary>Elements in a block: 1 for plain types, 32, 64 or 256 for quantised ones. A row is whole blocks.</summary>
    public static int BlockLength(TensorType type) => ByType[type].BlockLength;

    /// <summary>Bytes that a block takes.</summary>
    public static int BlockBytes(TensorType type) => ByType[type].BlockBytes;

    /// <summary>The name in capitals, as GGUF tools write it: <c>Q4_K</c>, <c>BF16</c>.</summary>
    public static string Name(TensorType type) => ByType[type].Name;

    /// <summary>Whether elements share a scale by blocks.</summary>
    public static bool IsQuantised(TensorType type) => ByType[type].BlockLength > 1;

    /// <summary>Bytes of <paramref name="elements"/> elements, which must be whole blocks.</summary>
    /// <exception cref="OverflowException">The number of bytes is above 2^63 − 1.</exception>
    public static long Bytes(TensorType type, long elements)
    {
        var row = ByType[type];
        if (elements < 0 || elements % row.BlockLength != 0)
            throw new ArgumentException(FormattableString.Invariant(
                $"{elements} elements of {row.Name} are not whole blocks of {row.BlockLength}"), nameof(elements));
        return checked(elements / row.BlockLength * row.BlockBytes);
    }

    /// <summary>The code of the type in a GGUF tensor entry; null where GGUF has none.</summary>
    internal static int? GgufCode(TensorType type) => ByType[type].GgufCode;

    /// <summary>The name of the type in a safetensors header; null where safetensors has none.</summary>
    internal static string? SafetensorsName(TensorType type) => ByType[type].SafetensorsName;

    internal static bool TryFromGguf(uint code, out TensorType type) => ByGgufCode.TryGetValue(unchecked((int)code), out type);

    internal static bool TryFromSafetensors(string name, out TensorType type) => BySafetensorsName.TryGetValue(name, out type);

    private sealed record Row(TensorType Type, int BlockLength, int BlockBytes, int? GgufCode, string? SafetensorsName)
    {
        public string Name { get; } = Type.ToString().ToUpperInvariant();
    }
}
