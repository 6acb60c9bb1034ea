namespace Attune.Models.Tokenizers;

/// <summary>
/// Cuts each run of digits in threes from its right end, so that the first group has one to three; where asked, only runs behind which
/// a word ends.
/// </summary>
internal sealed class DigitGroups(Predicate<int> isDigit, bool atWordEnd = false) : SplittingPreTokenizer(SplitBehaviour.Isolated)
{
    private const int Group = 3;

    protected override List<(int Start, int End)> Matches(ReadOnlySpan<int> text)
    {
        var result = new List<(int, int)>();
        for (var at = 0; at < text.Length; at++)
        {
            if (!isDigit(text[at]))
                continue;
            var end = at + 1;
            while (end < text.Length && isDigit(text[end]))
                end++;
            if (atWordEnd && end < text.Length && UnicodeClass.IsWord(text[end]))
            {
                at = end - 1;
                continue;
            }
            var next = at + ((end - at) % Group is > 0 and var rest ? rest : Group);
            for (; at < end; (at, next) = (next, next + Group))
                result.Add((at, next));
            at = end - 1;
        }
        return result;
    }
}
