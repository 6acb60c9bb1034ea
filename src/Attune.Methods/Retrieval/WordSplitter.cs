using System.Text;

namespace Attune.Methods.Retrieval;

/// <summary>
/// Words of a text: lower case, then runs of two or more letters, numbers or underscores of Unicode. Runs of one are dropped,
/// so "U.S." gives nothing and "it's" gives "it".
/// </summary>
public static class WordSplitter
{
    public static List<string> Split(string text)
    {
        var words = new List<string>();
        var lower = text.ToLowerInvariant();
        var (start, at, length) = (0, 0, 0);
        foreach (var rune in lower.EnumerateRunes())
        {
            if (IsWord(rune))
            {
                length++;
            }
            else
            {
                Take(words, lower, start, at, length);
                (start, length) = (at + rune.Utf16SequenceLength, 0);
            }
            at += rune.Utf16SequenceLength;
        }
        Take(words, lower, start, at, length);
        return words;
    }

    private static void Take(List<string> words, string text, int start, int end, int length)
    {
        if (length >= 2)
            words.Add(text[start..end]);
    }

    private static bool IsWord(Rune rune) => Rune.IsLetter(rune) || Rune.IsNumber(rune) || rune.Value == '_';
}
