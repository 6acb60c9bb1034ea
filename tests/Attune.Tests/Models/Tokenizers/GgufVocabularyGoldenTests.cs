using System.Text.Json;
using Attune.Models.Tokenizers;

namespace Attune.Tests.Models.Tokenizers;

/// <summary>The GGUF form of vocabularies whose goldens exist gives the same ids.</summary>
[Trait("Category", "Goldens")]
public sealed class GgufVocabularyGoldenTests
{
    [SkippableTheory]
    [InlineData("gpt2", "gpt-2")]
    [InlineData("llama3", "llama-bpe")]
    [InlineData("qwen2", "qwen2")]
    [InlineData("smollm2", "smollm")]
    public void Create_BytePairs_GivesTheIdsOfTheTokenizerJson(string folder, string pre)
    {
        folder = TestFolders.Fixture($"tokenizers/{folder}");
        var fields = GgufForms.OfTokenizerJson(Path.Combine(folder, "tokenizer.json"), "gpt2", pre);
        var special = TokenizerGoldens.Load(folder);
        Check(fields with { Special = new SpecialTokens { Begin = special.BeginId, End = special.EndId }, AddsBegin = AddsBegin(folder) }, folder, "cases.jsonl");
    }

    [SkippableTheory]
    [InlineData("minilm")]
    public void Create_WordPieces_GivesTheIdsOfTheTokenizerJson(string folder)
    {
        folder = TestFolders.Fixture($"tokenizers/{folder}");
        Check(GgufForms.OfWordPieces(Path.Combine(folder, "tokenizer.json")), folder, "cases.jsonl");
    }

    [SkippableFact]
    public void Create_ScoredPairsOfLlama2_GivesTheIdsOfTheTokenizerJson()
    {
        var folder = TestFolders.Fixture("tokenizers/llama2");
        Check(GgufForms.OfSentencePiece(Path.Combine(folder, "tokenizer.model"), "llama"), folder, "cases.jsonl");
    }

    // A run of blanks is a user-defined piece here, which tokenizer.json never finds: so the GGUF form goes with sentencepiece.
    [SkippableFact]
    public void Create_ScoredPairsOfGemma_GivesTheIdsOfSentencepiece()
    {
        var folder = TestFolders.Fixture("tokenizers/gemma");
        Check(GgufForms.OfSentencePiece(Path.Combine(folder, "tokenizer.model"), "llama"), folder, "cases_spm.jsonl");
    }

    [SkippableTheory]
    [InlineData("t5")]
    [InlineData("xlmr")]
    public void Create_Unigram_GivesTheIdsOfSentencepiece(string folder)
    {
        folder = TestFolders.Fixture($"tokenizers/{folder}");
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer.json")));
        var charsMap = Find(json.RootElement, "precompiled_charsmap")!;
        var fields = GgufForms.OfSentencePiece(Path.Combine(folder, "tokenizer.model"), "t5") with { CharsMap = Convert.FromBase64String(charsMap) };
        Check(fields, folder, "cases_spm.jsonl");
    }

    private static bool AddsBegin(string folder) => TokenizerGoldens.Lines(Path.Combine(folder, "cases.jsonl")).First() is var c && c.Ids("ids_special").Length > c.Ids("ids").Length;

    private static void Check(GgufVocabularyFields fields, string folder, string file)
    {
        var tokenizer = GgufVocabulary.Create(fields);
        var cases = TokenizerGoldens.Lines(Path.Combine(folder, file)).ToList();
        var isReference = file == "cases.jsonl";
        TokenizerGoldens.AllEqual(cases.Select(c => (c.Text("text"), c.Ids("ids"), tokenizer.Encode(c.Text("text"), addSpecial: false, parseSpecial: isReference))));
        if (isReference)
            TokenizerGoldens.AllEqual(cases.Select(c => (c.Text("text"), c.Ids("ids_special"), tokenizer.Encode(c.Text("text"), addSpecial: true))));
        TokenizerGoldens.AllEqual(cases.Select(c => (c.Text("text"), c.Text("decoded"), tokenizer.Decode(c.Ids("ids"), skipSpecial: false))));
    }

    private static string? Find(JsonElement element, string name)
    {
        if (element.ValueKind == JsonValueKind.Array)
            return element.EnumerateArray().Select(e => Find(e, name)).FirstOrDefault(f => f is not null);
        if (element.ValueKind != JsonValueKind.Object)
            return null;
        return element.TryGetProperty(name, out var found) ? found.GetString() : element.EnumerateObject().Select(p => Find(p.Value, name)).FirstOrDefault(f => f is not null);
    }
}
