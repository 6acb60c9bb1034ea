using System.Text;

namespace Attune.Data;

/// <summary>The form in which two inputs count as the same: every field trimmed, blanks joined, lower case of the invariant culture.</summary>
internal static class TextKey
{
    public static string Of(Input input)
    {
        var key = new StringBuilder();
        foreach (var part in input.Fields.Values.Concat(input.Choices ?? []))
        {
            // A separator that joined blanks cannot produce.
            if (key.Length > 0)
                key.Append('\n');
            Append(key, part);
        }

        return key.ToString();
    }

    public static string Of(string text)
    {
        var key = new StringBuilder(text.Length);
        Append(key, text);
        return key.ToString();
    }

    private static void Append(StringBuilder key, string text)
    {
        var (begun, blank) = (false, false);
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                blank = begun;
                continue;
            }

            if (blank)
                key.Append(' ');
            key.Append(char.ToLowerInvariant(c));
            (begun, blank) = (true, false);
        }
    }
}
