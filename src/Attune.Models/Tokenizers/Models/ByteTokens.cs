using System.Globalization;
using System.Text;

namespace Attune.Models.Tokenizers;

/// <summary>The tokens &lt;0x00&gt; … &lt;0xFF&gt; of a vocabulary, by which a character that it lacks is written as its UTF-8 bytes.</summary>
internal sealed class ByteTokens(Vocabulary vocabulary)
{
    private readonly int[] _ids = [.. Enumerable.Range(0, 256).Select(b => vocabulary.IdOf(Name(b)) ?? -1)];

    public bool IsComplete => !_ids.Contains(-1);

    public static string Name(int value) => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>");

    /// <summary>The tokens of a code point's bytes, or null where one of them is missing.</summary>
    public int[]? Of(int rune)
    {
        Span<byte> utf8 = stackalloc byte[4];
        var result = new int[new Rune(rune).EncodeToUtf8(utf8)];
        for (var i = 0; i < result.Length; i++)
            if ((result[i] = _ids[utf8[i]]) < 0)
                return null;
        return result;
    }
}
