namespace Attune.Models.Tokenizers;

/// <summary>
/// GPT-2's printable character for each byte (Radford et al. 2019, encoder): printable Latin-1 characters stand for themselves, the
/// other 68 bytes for U+0100 onwards, so that a blank is Ġ and a line feed Ċ.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly int[] Runes = new int[256];
    private static readonly short[] Bytes = new short[0x200];

    static ByteAlphabet()
    {
        Array.Fill(Bytes, (short)-1);
        var next = 0x100;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is >= 0x21 and <= 0x7E or >= 0xA1 and <= 0xAC or >= 0xAE;
            Runes[value] = printable ? value : next++;
            Bytes[Runes[value]] = (short)value;
        }
    }

    public static int ToRune(byte value) => Runes[value];

    /// <summary>The byte that a character stands for, or −1.</summary>
    public static int ToByte(int rune) => rune < Bytes.Length ? Bytes[rune] : -1;

    public static string ToText(byte[] bytes) => string.Create(bytes.Length, bytes, static (text, source) =>
    {
        for (var i = 0; i < source.Length; i++)
            text[i] = (char)Runes[source[i]];
    });
}
