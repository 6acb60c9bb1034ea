using System.Globalization;
using System.Text;

namespace Attune.Models.ChatTemplates;

/// <summary>Python's backslash escapes in texts. An unknown escape keeps its backslash.</summary>
internal static class JinjaEscapes
{
    public static string Decode(string raw, int line)
    {
        if (!raw.Contains('\\', StringComparison.Ordinal))
            return raw;
        var result = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                result.Append(raw[i]);
                continue;
            }
            i++;
            if (Simple(raw[i]) is { } simple)
                result.Append(simple);
            else if (raw[i] is 'x' or 'u' or 'U')
                i += Code(raw, i, result, line);
            else if (raw[i] is >= '0' and <= '7')
                i += Octal(raw, i, result);
            else if (raw[i] != '\n')
                result.Append('\\').Append(raw[i]);
        }
        return result.ToString();
    }

    private static char? Simple(char c) => c switch
    {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '\\' or '\'' or '"' => c,
        'a' => '\a',
        'b' => '\b',
        'f' => '\f',
        'v' => '\v',
        _ => null,
    };

    private static int Code(string raw, int at, StringBuilder result, int line)
    {
        var digits = raw[at] == 'x' ? 2 : raw[at] == 'u' ? 4 : 8;
        var text = at + digits < raw.Length ? raw.Substring(at + 1, digits) : "";
        if (!int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code is < 0 or > 0x10FFFF)
            throw new ChatTemplateException($"Line {line} of the chat template has a text with the escape \\{raw[at]} without {digits} hexadecimal digits of a character; mend the template.");
        result.Append(code is >= 0xD800 and < 0xE000 || code < 0x10000 ? ((char)code).ToString() : char.ConvertFromUtf32(code));
        return digits;
    }

    private static int Octal(string raw, int at, StringBuilder result)
    {
        var value = 0;
        var count = 0;
        for (; count < 3 && at + count < raw.Length && raw[at + count] is >= '0' and <= '7'; count++)
            value = value * 8 + raw[at + count] - '0';
        result.Append((char)value);
        return count - 1;
    }
}
