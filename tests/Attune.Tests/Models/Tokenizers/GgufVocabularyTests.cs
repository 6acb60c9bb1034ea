using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Tests.Models.Tokenizers;

/// <summary>The models of GGUF files on small vocabularies worked by hand.</summary>
public sealed class GgufVocabularyTests
{
    private static readonly GgufVocabularyFields Scored = new()
    {
        Model = "llama",
        Tokens = ["<unk>", "<s>", "</s>", "a", "b", "▁", "ab", "▁ab", "<0xC3>", "<0xA9>", "<u>"],
        Scores = [0, 0, 0, -5, -6, -7, -1, -2, 0, 0, 0],
        Types = [2, 3, 3, 1, 1, 1, 1, 1, 6, 6, 4],
    };

    // ab scores best and is made first; then ▁ and ab are one. A blank is put before the text and after special tokens.
    [Theory]
    [InlineData("ab", new[] { 7 })]
    [InlineData("aab b", new[] { 5, 3, 6, 5, 4 })]
    [InlineData("é", new[] { 5, 8, 9 })]
    [InlineData("ab</s>ab", new[] { 7, 2, 7 })]
    [InlineData("<u>a", new[] { 10, 5, 3 })]
    [InlineData("", new int[0])]
    public void Encode_Llama_MergesByScore(string text, int[] expected)
    {
        var tokenizer = GgufVocabulary.Create(Scored);
        Assert.Equal(expected, tokenizer.Encode(text, addSpecial: false));
        Assert.Equal([1, .. expected], tokenizer.Encode(text, addSpecial: true));
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, addSpecial: false), skipSpecial: false).Replace("</s> ", "</s>", StringComparison.Ordinal).Replace("<u> ", "<u>", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("abab", new[] { 3, 3 })]
    [InlineData("abc", new[] { 4 })]
    [InlineData("aé", new[] { 1, 5, 6 })]
    [InlineData("\n'", new[] { 7, 8 })]
    public void Encode_Rwkv_TakesTheLongestBytes(string text, int[] expected)
    {
        var tokenizer = GgufVocabulary.Create(new GgufVocabularyFields { Model = "rwkv", Tokens = ["<s>", "a", "b", "ab", "abc", "\\xc3", "\\xa9", "\\n", "\\'"], Types = [3, 1, 1, 1, 1, 1, 1, 1, 1] });
        Assert.Equal(expected, tokenizer.Encode(text, addSpecial: true));
        Assert.Equal(text, tokenizer.Decode(expected, skipSpecial: false));
    }

    // a+bc is −3 − 4, ab+c is −2 − 3; of equal sums (aa+a, a+aa) the longer first token wins.
    [Theory]
    [InlineData("abc", new[] { 3, 2 })]
    [InlineData("aaa", new[] { 5, 0 })]
    [InlineData("\uFEFFa", new[] { 0 })]
    [InlineData("é", new[] { 6 + 0xC3, 6 + 0xA9 })]
    public void Encode_Plamo_TakesTheBestSum(string text, int[] expected)
    {
        string[] bytes = [.. Enumerable.Range(0, 256).Select(ByteTokens.Name)];
        var tokenizer = GgufVocabulary.Create(new GgufVocabularyFields
        {
            Model = "plamo2",
            Tokens = ["a", "b", "c", "ab", "bc", "aa", .. bytes],
            Scores = [-3, -3, -3, -2, -4, -1, .. new float[256]],
            Types = [1, 1, 1, 1, 1, 1, .. Enumerable.Repeat(6, 256)],
        });
        Assert.Equal(expected, tokenizer.Encode(text, addSpecial: false));
        Assert.Equal(text.Trim('\uFEFF'), tokenizer.Decode(expected, skipSpecial: false));
    }

    [Fact]
    public void Encode_HybridDna_TakesSixBasesAToken()
    {
        var fields = new GgufVocabularyFields { Model = "hybriddna", Pre = "gpt-2", Tokens = ["A", "C", "<dna>", "</dna>", "<oov>", "AACCAA\uE000", "CAAAAA\uE000"] };
        var tokenizer = GgufVocabulary.Create(fields);
        Assert.Equal([0, 2, 5, 6, 3, 1], tokenizer.Encode("A<dna>aaccaac</dna>C", addSpecial: false));
        Assert.Equal([2, 4], tokenizer.Encode("<dna>NNNNNN", addSpecial: false));
        Assert.Equal("AACCAA", tokenizer.Decode([5], skipSpecial: false));
    }

    public static TheoryData<string> Ways => [.. GgufVocabulary.KnownPreTokenizers];

    /// <summary>Every way of cutting is read, loses no character, and copes with a long run of anything.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void Build_EveryWayOfCutting_KeepsTheText(string name)
    {
        var way = GgufPreTokenizers.All.First(p => p.Names.Contains(name, StringComparer.Ordinal)).Build();
        foreach (var text in WordCutterTests.Texts(200).Append(new string('7', 20_000)).Append(new string(' ', 20_000)).Append(new string('a', 20_000)))
        {
            var pieces = new List<AlignedSpan>();
            way.Split(AlignedText.Of(text).All, pieces);
            var at = 0;
            foreach (var offset in pieces.SelectMany(p => p.Offsets.ToArray()))
            {
                Assert.True(offset.Start <= at, $"{name}: something is missing before {offset.Start} of '{text}'");
                at = offset.End;
            }
            Assert.Equal(text.Length, at);
        }
    }

    [Theory]
    [InlineData("afmoe", "1234567", "1 234 567")]
    [InlineData("superbpe", "ab1234", "ab 1 234")]
    [InlineData("tiny_aya", "12345", "12 345")]
    [InlineData("tiny_aya", "1234ab", "123 4 ab")]
    [InlineData("llama3", "12345", "123 45")]
    [InlineData("gpt-4o", "HelloWorld's", "Hello World's")]
    [InlineData("tekken", "HelloWorld", "Hello World")]
    [InlineData("deepseek-v3", "a_b 漢字x", "a _b Ġ 漢字 x")]
    [InlineData("falcon", "1234a!", "123 4 a !")]
    [InlineData("bloom", "ab,c d", "ab , c Ġd")]
    [InlineData("exaone-moe", "ab cd 1", "abĠcd Ġ 1")]
    [InlineData("kimi-k2", "漢字abc", "漢字 abc")]
    [InlineData("gemma4", "a b\n\nc", "aĠb ⏎⏎ c")]
    public void Build_WayOfCutting_CutsAsItsPatternsSay(string name, string text, string expected)
    {
        var pieces = new List<AlignedSpan>();
        GgufPreTokenizers.All.First(p => p.Names.Contains(name, StringComparer.Ordinal)).Build().Split(AlignedText.Of(text).All, pieces);
        var cut = pieces.Select(p => text[p.Offsets[0].Start..p.Offsets[^1].End].Replace(' ', 'Ġ').Replace('\n', '⏎'));
        Assert.Equal(expected, string.Join(' ', cut));
    }

    [Theory]
    [InlineData("banana", "gpt2")]
    [InlineData("none", "no vocabulary")]
    public void Create_ModelWithoutTokenizer_SaysSo(string model, string named) =>
        Assert.Contains(named, Assert.Throws<AttuneException>(() => GgufVocabulary.Create(Scored with { Model = model })).Message, StringComparison.Ordinal);

    [Fact]
    public void Create_FieldsThatContradict_AreRefused()
    {
        Assert.Throws<AttuneException>(() => GgufVocabulary.Create(Scored with { Scores = [1] }));
        Assert.Throws<AttuneException>(() => GgufVocabulary.Create(Scored with { Types = [1] }));
        Assert.Throws<AttuneException>(() => GgufVocabulary.Create(Scored with { Scores = [.. Enumerable.Repeat(float.NaN, 11)] }));
        Assert.Throws<AttuneException>(() => GgufVocabulary.Create(Scored with { Special = new SpecialTokens { End = 99 } }));
        Assert.Throws<AttuneException>(() => GgufVocabulary.Create(Scored with { Model = "t5", CharsMap = new byte[] { 9, 0, 0, 0, 1 } }));
    }
}
