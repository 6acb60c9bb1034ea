using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Tests.Models.Tokenizers;

/// <summary>The fast ways through text give what the steps in order give.</summary>
public sealed class WordCutterTests
{
    private static readonly string[] Pieces =
    [
        " ", "  ", "\n", "\r\n", "\t", "\u00A0", "\u3000", "\u0085", "a", "don't", "DON'T", "'ll", "'ſ", "'s", "'", "''", "ab", "É", "é", "e\u0301", "\u0301", "日本", "7", "42",
        "2024", "½", "Ⅷ", "١", ".", "...", "?!", "-", "_", "▁", "😀", "𝐀", "𐐀", "\uD800", "\u200B", "\uFFFD", "\u0000", "ﬁ", "İ", "ß", "<s>", "<|x|>", "https://a.b/c?d=1",
    ];

    public static TheoryData<string> Patterns => [SplitPatterns.Gpt2, SplitPatterns.Llama3, SplitPatterns.Qwen2];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void EndOf_RandomText_CutsWhereThePatternDoes(string pattern)
    {
        var cutter = WordCutter.Of(pattern)!;
        var split = new PatternSplit(RunePattern.Regex(pattern), SplitBehaviour.Isolated, invert: false);
        foreach (var text in Texts(2000))
            Assert.Equal(Cut(split, text), Cut(cutter, text));
    }

    [Fact]
    public void EndOf_DigitsApart_CutsAsDigitsBeforeThePattern()
    {
        var split = new PreTokenizerSequence([new RuneSplit(UnicodeClass.IsNumber, SplitBehaviour.Isolated), new PatternSplit(RunePattern.Regex(SplitPatterns.Gpt2), SplitBehaviour.Isolated, invert: false)]);
        foreach (var text in Texts(2000))
            Assert.Equal(Cut(split, text), Cut(new DigitsApart(new Gpt2Words()), text));
    }

    /// <summary>With and without ranges: the one way runs the steps in order, the other cuts words and remembers them.</summary>
    [SkippableTheory]
    [MemberData(nameof(TokenizerGoldenTests.Folders), MemberType = typeof(TokenizerGoldenTests))]
    [Trait("Category", "Goldens")]
    public void Encode_RandomText_GivesTheIdsOfTheSteps(string folder)
    {
        var tokenizer = TokenizerGoldens.Load(folder);
        foreach (var text in Texts(1000))
            Assert.Equal(tokenizer.EncodeWithOffsets(text, addSpecial: true).Ids, tokenizer.Encode(text, addSpecial: true));
    }

    [Fact]
    public void Find_WordsOnOnePlace_GivesEachItsOwnIds()
    {
        var cache = new WordCache();
        var random = new SeededRandom(1);
        for (var i = 0; i < 200_000; i++)
        {
            var word = string.Create(1 + (int)(random.NextUInt64() % 8), random, (span, r) =>
            {
                for (var j = 0; j < span.Length; j++)
                    span[j] = (char)('a' + r.NextUInt64() % 4);
            });
            if (cache.Find(word, out var place) is { } ids)
                Assert.Equal(word.Select(c => (int)c), ids);
            else
                cache.Put(place, word, [.. word.Select(c => (int)c)]);
        }
    }

    private static List<string> Cut(PreTokenizer split, string text)
    {
        var pieces = new List<AlignedSpan>();
        split.Split(AlignedText.Of(text).All, pieces);
        return [.. pieces.Select(p => text[p.Offsets[0].Start..p.Offsets[^1].End])];
    }

    private static List<string> Cut(WordCutter cutter, string text)
    {
        var words = new List<string>();
        for (var start = 0; start < text.Length; start += words[^1].Length)
            words.Add(text[start..cutter.EndOf(text, start)]);
        return words;
    }

    internal static IEnumerable<string> Texts(int count)
    {
        var random = new SeededRandom(7);
        for (var i = 0; i < count; i++)
            yield return string.Concat(Enumerable.Range(0, (int)(random.NextUInt64() % 14)).Select(_ => Pieces[random.NextUInt64() % (ulong)Pieces.Length]));
    }
}
