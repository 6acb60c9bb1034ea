using System.Globalization;
using System.Text;

namespace Attune.Models.Tokenizers;

/// <summary>RWKV's tokens as GGUF writes them: bytes as UTF-8 text, with \t, \n, \r, \x1f and a backslash before itself or a quote.</summary>
internal static class RwkvText
{
    public static byte[] Bytes(string text)
    {
        var result = new List<byte>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i += Escape(text, i + 1, result) + 1;
                continue;
            }
            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var used);
            result.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
            i += used;
        }
        return [.. result];
    }

    /// <summary>Reads what follows a backslash and tells how many characters that is.</summary>
    private static int Escape(string text, int at, List<byte> result)
    {
        if (text[at] == 'x' && at + 2 < text.Length
            && byte.TryParse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            result.Add(value);
            return 3;
        }
        Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var used);
        switch (rune.Value)
        {
            case 't': result.Add((byte)'\t'); break;
            case 'n': result.Add((byte)'\n'); break;
            case 'r': result.Add((byte)'\r'); break;
            default:
                Span<byte> utf8 = stackalloc byte[4];
                result.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                break;
        }
        return used;
    }
}
