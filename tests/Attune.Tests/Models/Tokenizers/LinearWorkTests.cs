using System.Text;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Tests.Models.Tokenizers;

/// <summary>The work grows with the text, not with its square: steps are counted, and long or hostile texts end.</summary>
public sealed class LinearWorkTests
{
    private const int Million = 1_000_000;

    [Theory]
    [InlineData(1_000)]
    [InlineData(10_000)]
    [InlineData(100_000)]
    public void Apply_MergesOfOneWord_LookAtEachPlaceAFewTimes(int length)
    {
        // a a → aa, aa aa → a4 …: the worst case of merges in a word of one letter, and random letters.
        var merges = new PairTable(64);
        for (var level = 0; level < 10; level++)
            merges.Set(level, level, level, level + 1);
        var symbols = Enumerable.Range(0, length).Select(i => new Symbol(0, i, i + 1)).ToList();
        Assert.InRange(BpeMerges.Apply(merges, symbols), length, 3 * length);
        Assert.Equal(length, symbols.Sum(s => s.End - s.Start));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(10_000)]
    [InlineData(100_000)]
    public void Split_AddedTokensThatNearlyMatchEverywhere_LooksAtEachPlaceAFewTimes(int length)
    {
        // From every place of the text a walk would go to the end of the token, which is not there.
        var token = new AddedToken(0, new string('a', 1000) + "b");
        var matcher = new AddedTokenMatcher([(RunePattern.RunesOf(token.Content), token)]);
        var found = matcher.Split(AlignedText.Of(new string('a', length)).All, parseSpecial: true, out var work);
        Assert.Single(found);
        Assert.InRange(work, 1, 10L * length + 1001);
    }

    [Fact]
    public void Split_AfterTheSearchFromBehind_FindsTheSameTokens()
    {
        var random = new SeededRandom(5);
        for (var round = 0; round < 300; round++)
        {
            var tokens = Enumerable.Range(0, 1 + random.Next(6)).Select(i => new AddedToken(i, Letters(random, 1 + random.Next(5)))).DistinctBy(t => t.Content).ToList();
            var text = Letters(random, 60);
            var behind = new BackwardSearch([.. tokens.Select(t => RunePattern.RunesOf(t.Content))]);
            var longest = behind.LongestFrom(RunePattern.RunesOf(text));
            for (var i = 0; i < text.Length; i++)
            {
                var expected = tokens.Where(t => text.AsSpan(i).StartsWith(t.Content, StringComparison.Ordinal)).OrderByDescending(t => t.Content.Length).FirstOrDefault();
                Assert.Equal(expected?.Content, longest[i] < 0 ? null : tokens[longest[i]].Content);
            }
        }
    }

    [Fact]
    public void Split_TokensThatSwallowBlanks_WalkARunOnce()
    {
        var token = new AddedToken(0, " ") { StripsRight = true };
        var matcher = new AddedTokenMatcher([([' '], token)]);
        matcher.Split(AlignedText.Of(new string(' ', Million)).All, parseSpecial: true, out var work);
        Assert.InRange(work, 1, 2 * Million);
    }

    public static TheoryData<string> Kinds => ["bytes", "words", "pieces", "unigram", "scored", "greedy"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Encode_AMillionLettersOrBlanks_Ends(string kind)
    {
        var tokenizer = Of(kind);
        const int Part = Million / 10;
        foreach (var text in new[] { new string('a', Million), new string(' ', Part), string.Concat(Enumerable.Repeat("a ", Part)), string.Concat(Enumerable.Repeat("ab", Part)), new string('\u0301', Part) })
        {
            var encoded = tokenizer.EncodeWithOffsets(text, addSpecial: false);
            Assert.Equal(encoded.Ids, tokenizer.Encode(text, addSpecial: false));
        }
    }

    private static string Letters(SeededRandom random, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(2))));

    private static ITokenizer Of(string kind)
    {
        string[] pieces = ["<unk>", "a", "b", "▁", "ab", "aa", "▁a", "aaaa", "▁▁"];
        var fields = new GgufVocabularyFields { Model = "", Tokens = pieces, Scores = [0, -5, -5, -5, -1, -2, -1, -3, -4], Types = [2, 1, 1, 1, 1, 1, 1, 1, 1], Special = new SpecialTokens { Unknown = 0 } };
        return kind switch
        {
            "bytes" => BytePairTrainer.Train(["aaaa ab ab  aab aaaa aaaa"], new BytePairTrainingOptions { VocabularySize = 265, MinimumFrequency = 1 }).Load(),
            "words" => TokenizerJson.Parse(Encoding.UTF8.GetBytes("""{"model": {"type": "WordLevel", "unk_token": "<unk>", "vocab": {"<unk>": 0, "a": 1}}, "normalizer": {"type": "NFC"}, "pre_tokenizer": {"type": "Whitespace"}}""")),
            "pieces" => TokenizerJson.Parse(Encoding.UTF8.GetBytes("""{"model": {"type": "WordPiece", "unk_token": "<unk>", "max_input_chars_per_word": 2000000, "vocab": {"<unk>": 0, "a": 1, "##a": 2, "##aa": 3, "##b": 4}}, "normalizer": {"type": "BertNormalizer"}, "pre_tokenizer": {"type": "BertPreTokenizer"}}""")),
            "unigram" => GgufVocabulary.Create(fields with { Model = "t5", AddsBlank = true, RemovesExtraBlanks = true }),
            "scored" => GgufVocabulary.Create(fields with { Model = "llama" }),
            _ => GgufVocabulary.Create(fields with { Model = "rwkv" }),
        };
    }
}
