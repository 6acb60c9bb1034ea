using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>Text from data, labels and models for a terminal: what would steer the terminal or turn the writing direction is shown as an escape.</summary>
internal static class Visible
{
    /// <summary>The text on one line; line breaks and tabs become \n and \t.</summary>
    public static string Line(string text) => Escape(text, keepLines: false);

    /// <summary>The text with its line breaks and tabs as they are.</summary>
    public static string Lines(string text) => Escape(text, keepLines: true);

    /// <summary>One line, ready for Spectre's markup.</summary>
    public static string Markup(string text) => Line(text).EscapeMarkup();

    /// <summary>The begin of a text on one line, with an ellipsis where it was cut.</summary>
    public static string Begin(string text, int length)
    {
        if (text.Length <= length)
            return Line(text);
        // Half of a surrogate pair is no character.
        var end = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        return Line(text[..end]) + "…";
    }

    private static string Escape(string text, bool keepLines)
    {
        if (!text.Any(c => IsHidden(c, keepLines)))
            return text;
        var result = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (!IsHidden(c, keepLines))
                result.Append(c);
            else if (c is '\n' or '\r' or '\t')
                result.Append(c switch { '\n' => "\\n", '\r' => "\\r", _ => "\\t" });
            else
                result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }
        return result.ToString();
    }

    /// <summary>Control and format characters, and the separators of lines and paragraphs; not the joiners that scripts and emoji need.</summary>
    private static bool IsHidden(char c, bool keepLines) => c switch
    {
        '\n' or '\t' => !keepLines,
        '\u200C' or '\u200D' => false,
        _ => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator,
    };
}
