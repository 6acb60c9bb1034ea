using System.Diagnostics;
using System.Text;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Tests.Models.Tokenizers;

/// <summary>Small vocabularies worked by hand.</summary>
public sealed class TokenizerTests
{
    // Ġ is a blank; é is the bytes Ã ©.
    private static readonly string[] Tokens =
        ["<|end|>", "a", "b", "c", "Ġ", "1", "2", "Ã", "©", "ab", "Ġa", "Ġab", "<|user|>", "bc"];

    private static readonly string[] Merges = ["a b", "Ġ a", "Ġ ab", "b c"];
    private static readonly int[] Types = [3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 1];
    private static readonly GgufVocabularyFields Fields = new() { Model = "gpt2", Tokens = Tokens, Merges = Merges, Types = Types };

    private static ITokenizer ByteLevel(string pre = "smollm", bool addBegin = false) =>
        GgufVocabulary.Create(Fields with { Pre = pre, Special = new SpecialTokens { Begin = 12, End = 0 }, AddsBegin = addBegin });

    private static readonly string BertJson = """
        {"added_tokens": [{"id": 0, "content": "[UNK]", "special": true}, {"id": 1, "content": "[CLS]", "special": true}, {"id": 2, "content": "[SEP]", "special": true}],
         "normalizer": {"type": "BertNormalizer"}, "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "BertProcessing", "cls": ["[CLS]", 1], "sep": ["[SEP]", 2]},
         "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "un": 3, "##aff": 4, "##able": 5, "cafe": 6, ".": 7, "東": 8, "aff": 9}}}
        """;

    private static ITokenizer Bert() => TokenizerJson.Parse(Encoding.UTF8.GetBytes(BertJson));

    [Theory]
    [InlineData("ab", new[] { 9 })]
    [InlineData("abc", new[] { 9, 3 })]
    [InlineData("bcb", new[] { 13, 2 })]
    [InlineData("a ab", new[] { 1, 11 })]
    [InlineData("a  ab", new[] { 1, 4, 11 })]
    [InlineData("é", new[] { 7, 8 })]
    [InlineData("", new int[0])]
    public void Encode_ByteLevel_MergesByRank(string text, int[] expected) =>
        Assert.Equal(expected, ByteLevel().Encode(text, addSpecial: false));

    [Fact]
    public void Encode_DigitsOfSmollm_AreSingle() => Assert.Equal([5, 6], ByteLevel().Encode("12", addSpecial: false));

    [Fact]
    public void Encode_AddBegin_PutsItFirst()
    {
        Assert.Equal([12, 1], ByteLevel(addBegin: true).Encode("a", addSpecial: true));
        Assert.Equal([1], ByteLevel(addBegin: true).Encode("a", addSpecial: false));
        Assert.Equal([1], ByteLevel().Encode("a", addSpecial: true));
    }

    [Fact]
    public void Encode_SpecialTokenInText_IsParsedOnlyWhenAsked()
    {
        Assert.Equal([1, 12, 2], ByteLevel().Encode("a<|user|>b", addSpecial: false));
        Assert.DoesNotContain(12, ByteLevel().Encode("a<|user|>b", addSpecial: false, parseSpecial: false));
    }

    [Fact]
    public void EncodeWithOffsets_ByteLevel_CountsUtf16AndWhatIsLost()
    {
        var encoded = ByteLevel().EncodeWithOffsets("aé€b", addSpecial: false);
        Assert.Equal([1, 7, 8, 2], encoded.Ids);
        Assert.Equal([new(0, 1), new(1, 2), new(1, 2), new(3, 4)], encoded.Offsets);
        Assert.Equal(3, encoded.LostCharacters);
    }

    [Fact]
    public void Create_UnknownPreTokenizerOrModel_ListsTheKnownOnes()
    {
        var error = Assert.Throws<AttuneException>(() => ByteLevel(pre: "banana"));
        Assert.Contains("banana", error.Message, StringComparison.Ordinal);
        Assert.Contains("smollm", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<AttuneException>(() => GgufVocabulary.Create(Fields with { Model = "banana" }));
        Assert.Contains("gpt2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void StreamingDecoder_CharacterOverTwoTokens_ComesWhole()
    {
        var decoder = ByteLevel().CreateDecoder(skipSpecial: true);
        Assert.Equal(["a", "", "é", "", ""], new[] { 1, 7, 8, 0, 7 }.Select(decoder.Append));
        Assert.Equal("\uFFFD", decoder.Finish());
    }

    [Fact]
    public void Tokens_AsText_AreReadable()
    {
        var tokenizer = ByteLevel();
        Assert.Equal(" ab", tokenizer.TokenText(11));
        Assert.Equal("\\xC3", tokenizer.TokenText(7));
        Assert.Equal([0xC3], tokenizer.TokenBytes(7).ToArray());
        Assert.Equal("<|end|>", tokenizer.TokenText(0));
        Assert.True(tokenizer.IsSpecial(0));
        Assert.False(tokenizer.IsSpecial(1));
        Assert.Equal(11, tokenizer.IdOf("Ġab"));
        Assert.Null(tokenizer.IdOf("nothing"));
        Assert.Equal((14, 12, 0), (tokenizer.VocabularySize, tokenizer.BeginId, tokenizer.EndId));
        Assert.Throws<AttuneException>(() => tokenizer.Decode([14], skipSpecial: false));
    }

    [Theory]
    [InlineData("unaffable", new[] { 3, 4, 5 })]
    [InlineData("UNAFF.", new[] { 3, 4, 7 })]
    [InlineData("Café", new[] { 6 })]
    [InlineData("東aff", new[] { 8, 9 })]
    [InlineData("un\u0000aff", new[] { 3, 4 })]
    [InlineData("zzz un", new[] { 0, 3 })]
    [InlineData("[SEP]", new[] { 2 })]
    public void Encode_WordPiece_TakesTheLongestPieces(string text, int[] expected) =>
        Assert.Equal(expected, Bert().Encode(text, addSpecial: false));

    [Fact]
    public void EncodePair_OverTheLimit_CutsTheLongerFirst()
    {
        var pair = Bert().EncodePair("unaffable", "cafe", maximumLength: 6);
        Assert.Equal([1, 3, 4, 2, 6, 2], pair.Ids);
        Assert.Equal([0, 0, 0, 0, 1, 1], pair.TypeIds);
        Assert.Equal([true, false, false, true, false, true], pair.SpecialMask);
        Assert.Equal(1, pair.Truncated);
    }

    [Fact]
    public void Decode_WordPiece_JoinsPieces() => Assert.Equal("unaffable cafe.", Bert().Decode([1, 3, 4, 5, 6, 7, 2], skipSpecial: true));

    [Fact]
    public void LoadVocabulary_VocabTxt_NumbersItsLines()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "[PAD]\n[UNK]\n[CLS]\n[SEP]\nun\n##aff\n");
            var tokenizer = WordPieceTokenizer.LoadVocabulary(path);
            Assert.Equal([2, 4, 5, 3], tokenizer.Encode("Unaff", addSpecial: true));
            Assert.Equal(6, tokenizer.VocabularySize);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("""{"model": {"type": "Banana", "vocab": {}}}""", "Banana")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "normalizer": {"type": "Peel"}}""", "Peel")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "pre_tokenizer": {"type": "Peel"}}""", "Peel")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "post_processor": {"type": "Peel"}}""", "Peel")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "decoder": {"type": "Peel"}}""", "Peel")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a", "b"]]}}""", "'b'")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 4000000000}, "merges": []}}""", "4000000000")]
    public void Parse_UnknownOrBrokenPart_NamesIt(string json, string named) =>
        Assert.Contains(named, Assert.Throws<AttuneException>(() => TokenizerJson.Parse(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_MissingFile_IsOneSentence() =>
        Assert.Contains("tokenizer.json", Assert.Throws<AttuneException>(() => TokenizerJson.Load("/nowhere/x.json")).Message, StringComparison.Ordinal);

    // "hug" 10 times and so on is Kudo's toy; here the sums are worked by hand: ab+c = -3 beats a+bc = -4 and a+b+c = -6.
    [Theory]
    [InlineData("abc", new[] { 4, 3 })]
    [InlineData("bca", new[] { 5, 1 })]
    [InlineData("xxa", new[] { 0, 1 })]
    public void Encode_Unigram_TakesTheBestSum(string text, int[] expected)
    {
        const string Json = """{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["a", -2], ["b", -2], ["c", -2], ["ab", -1], ["bc", -2]]}}""";
        Assert.Equal(expected, TokenizerJson.Parse(Encoding.UTF8.GetBytes(Json)).Encode(text, addSpecial: false));
    }

    [Fact]
    public void Encode_ByteFallback_TurnsUnknownCharactersIntoBytes()
    {
        const string Json = """
            {"model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true, "merges": [], "vocab": {"<unk>": 0, "a": 1, "<0xC3>": 2, "<0xA9>": 3, "▁": 4}},
             "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
             "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}}
            """;
        var tokenizer = TokenizerJson.Parse(Encoding.UTF8.GetBytes(Json));
        Assert.Equal([4, 1, 4, 2, 3, 0], tokenizer.Encode("a é€€", addSpecial: false));
        Assert.Equal("a é", tokenizer.Decode([4, 1, 4, 2, 3], skipSpecial: false));
        Assert.Equal("a\uFFFD", tokenizer.Decode([4, 1, 2], skipSpecial: false));
    }

    [Theory]
    [InlineData('a')]
    [InlineData(' ')]
    [InlineData('é')]
    [InlineData('\n')]
    public void Encode_OneLetterManyTimes_IsNotQuadratic(char letter)
    {
        var text = new string(letter, 300_000);
        var watch = Stopwatch.StartNew();
        ByteLevel().Encode(text, addSpecial: false);
        ByteLevel("llama3").Encode(text, addSpecial: false);
        Bert().Encode(text, addSpecial: false);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Encode_FromSeveralThreads_GivesTheSame()
    {
        var tokenizer = ByteLevel();
        var texts = Enumerable.Range(0, 500).Select(i => string.Concat(Enumerable.Range(0, i % 40).Select(j => "ab c"[(i * j + j) % 4]))).ToArray();
        var alone = texts.Select(t => ByteLevel().Encode(t, addSpecial: false)).ToArray();
        var together = new int[texts.Length][];
        Parallel.For(0, texts.Length, i => together[i] = tokenizer.Encode(texts[i], addSpecial: false));
        Assert.Equal(alone, together);
    }
}
