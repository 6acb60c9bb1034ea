namespace Attune.Models.Files;

/// <summary>
/// The codebooks of IQ1, IQ2 and IQ3: an index stands for 8 (IQ3: 4) levels. They are part of the formats. In the resource each follows the other,
/// a level as its number among the book's levels in 2 (IQ3: 3) bits, low bits first.
/// </summary>
internal static class Codebooks
{
    private static readonly byte[] Packed = Load();
    private static readonly sbyte[] Levels2 = [8, 25, 43];
    private static readonly sbyte[] Levels3 = [4, 12, 20, 28, 36, 44, 52, 62];
    private static readonly sbyte[] LevelsOdd = [1, 3, 5, 7, 9, 11, 13, 15];
    private static readonly sbyte[] LevelsTernary = [-1, 0, 1];

    public static sbyte[] IQ2XXS { get; } = Unpack(0, 256 * 8, Levels2, 2);

    public static sbyte[] IQ2XS { get; } = Unpack(512, 512 * 8, Levels2, 2);

    public static sbyte[] IQ2S { get; } = Unpack(1536, 1024 * 8, Levels2, 2);

    public static sbyte[] IQ3XXS { get; } = Unpack(3584, 256 * 4, Levels3, 3);

    public static sbyte[] IQ3S { get; } = Unpack(3968, 512 * 4, LevelsOdd, 3);

    public static sbyte[] IQ1 { get; } = Unpack(4736, 2048 * 8, LevelsTernary, 2);

    /// <summary>Signs of 8 elements by 7 bits: bit i set makes element i negative; the eighth bit makes their number even.</summary>
    public static int Signs(uint code) => (int)code | ((int)(uint.PopCount(code) & 1) << 7);

    private static sbyte[] Unpack(int start, int count, sbyte[] levels, int bits)
    {
        var values = new sbyte[count];
        for (var i = 0; i < count; i++)
        {
            // A code of 3 bits may lie across two bytes.
            var at = start + (i * bits / 8);
            var two = Packed[at] | (at + 1 < Packed.Length ? Packed[at + 1] << 8 : 0);
            values[i] = levels[(two >> (i * bits % 8)) & ((1 << bits) - 1)];
        }
        return values;
    }

    private static byte[] Load()
    {
        using var stream = typeof(Codebooks).Assembly.GetManifestResourceStream("Codebooks.bin")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
