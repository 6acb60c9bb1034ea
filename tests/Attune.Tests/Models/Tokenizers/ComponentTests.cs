using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Tokenizers;

namespace Attune.Tests.Models.Tokenizers;

/// <summary>
/// Every kind of normaliser, pre-tokeniser, model, post-processor and decoder of the tokenizer.json format alone, against what the
/// tokenizers library gives (Goldens/tokenizers/components.jsonl: texts and models first, then a tokenizer a line).
/// </summary>
public sealed class ComponentTests
{
    private static readonly string[] Lines = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Goldens", "tokenizers", "components.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static TheoryData<string> Names => [.. Lines.Skip(1).Select(l => JsonNode.Parse(l)!["name"]!.GetValue<string>())];

    [Theory]
    [MemberData(nameof(Names))]
    public void Encode_ComponentAlone_GivesReferenceIdsAndText(string name)
    {
        var (tokenizer, golden, texts) = Load(name);
        var some = Enumerable.Range(0, texts.Count).Where(i => golden["ids"]![i] is not null).ToList();
        int[] Golden(string what, int i) => golden[what]![i].Deserialize<int[]>()!;
        TokenizerGoldens.AllEqual(some.Select(i => (texts[i], Golden("ids", i), tokenizer.Encode(texts[i], addSpecial: false))));
        TokenizerGoldens.AllEqual(some.Select(i => (texts[i], Golden("ids", i), tokenizer.EncodeWithOffsets(texts[i], addSpecial: false).Ids)));
        TokenizerGoldens.AllEqual(some.Select(i => (texts[i], golden["decoded"]![i]!.GetValue<string>(), tokenizer.Decode(Golden("ids", i), skipSpecial: false))));
        TokenizerGoldens.AllEqual(some.Select(i => (texts[i], golden["decoded"]![i]!.GetValue<string>(), Streamed(tokenizer, Golden("ids", i)))));
        if (golden["special"] is null)
            return;
        TokenizerGoldens.AllEqual(some.Select(i => (texts[i], Golden("special", i), tokenizer.Encode(texts[i], addSpecial: true))));
        TokenizerGoldens.AllEqual(some.Select(i => (texts[i], Golden("pair", i), tokenizer.EncodePair(texts[i], "ab c").Ids)));
        TokenizerGoldens.AllEqual(some.Select(i => (texts[i], Golden("types", i), tokenizer.EncodePair(texts[i], "ab c").TypeIds)));
    }

    private static string Streamed(ITokenizer tokenizer, int[] ids)
    {
        var decoder = tokenizer.CreateDecoder(skipSpecial: false);
        return string.Concat(ids.Select(decoder.Append).ToList()) + decoder.Finish();
    }

    [Fact]
    public void Golden_Components_HoldEveryKindThatIsKnown()
    {
        var all = string.Concat(Lines);
        string[] kinds =
        [
            "BertNormalizer", "NFC", "NFD", "NFKC", "NFKD", "Nmt", "Prepend", "Replace", "Strip", "StripAccents", "Lowercase", "ByteLevel", "BertPreTokenizer",
            "CharDelimiterSplit", "Digits", "FixedLength", "Metaspace", "Punctuation", "Split", "UnicodeScripts", "Whitespace", "WhitespaceSplit", "Sequence",
            "BPE", "Unigram", "WordPiece", "WordLevel", "BertProcessing", "RobertaProcessing", "TemplateProcessing", "BPEDecoder", "ByteFallback", "CTC", "Fuse",
        ];
        Assert.All(kinds, k => Assert.Contains($"\"type\":\"{k}\"", all, StringComparison.Ordinal));
    }

    private static (ITokenizer Tokenizer, JsonNode Golden, List<string> Texts) Load(string name)
    {
        var first = JsonNode.Parse(Lines[0])!;
        var golden = Lines.Skip(1).Select(l => JsonNode.Parse(l)!).First(l => l["name"]!.GetValue<string>() == name);
        var json = golden["parts"]!.DeepClone();
        json["model"] = first["models"]![golden["model"]!.GetValue<string>()]!.DeepClone();
        return (TokenizerJson.Parse(Encoding.UTF8.GetBytes(json.ToJsonString())), golden, [.. first["texts"]!.AsArray().Select(t => t!.GetValue<string>())]);
    }
}
