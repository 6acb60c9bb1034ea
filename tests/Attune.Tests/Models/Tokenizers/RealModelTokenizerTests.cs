using System.Text.Json;
using Attune.Models.ChatTemplates;
using Attune.Models.Tokenizers;

namespace Attune.Tests.Models.Tokenizers;

/// <summary>The real SmolLM2 and MiniLM vocabularies, by every road that leads to them.</summary>
[Trait("Category", "Goldens")]
public sealed class RealModelTokenizerTests
{
    [SkippableFact]
    public void GgufVocabulary_Smollm2Arrays_GivesTheIdsOfItsTokenizerJson()
    {
        var folder = TestFolders.Fixture("tokenizers/smollm2");
        var tokenizer = GgufVocabulary.Create(GgufForms.OfTokenizerJson(Path.Combine(folder, "tokenizer.json"), "gpt2", "smollm") with { Special = new SpecialTokens { Begin = 1, End = 2, Pad = 2, Unknown = 0 } });
        var cases = TokenizerGoldens.Lines(Path.Combine(folder, "cases.jsonl")).ToList();
        TokenizerGoldens.AllEqual(cases.Select(c => (c.Text("text"), c.Ids("ids"), tokenizer.Encode(c.Text("text"), addSpecial: false))));
        TokenizerGoldens.AllEqual(cases.Select(c => (c.Text("text"), c.Text("decoded"), tokenizer.Decode(c.Ids("ids"), skipSpecial: false))));
    }

    [SkippableFact]
    public void WordPieceTokenizer_MinilmVocabTxt_GivesTheIdsOfItsTokenizerJson()
    {
        var tokenizer = WordPieceTokenizer.LoadVocabulary(TestFolders.Model("minilm-l6-v2/vocab.txt"));
        var cases = TokenizerGoldens.Lines(TestFolders.Fixture("tokenizers/minilm/cases.jsonl")).ToList();
        TokenizerGoldens.AllEqual(cases.Select(c => (c.Text("text"), c.Ids("ids_special"), tokenizer.Encode(c.Text("text"), addSpecial: true))));
        Assert.Equal((30522, 101, 102, 0, 103), (tokenizer.VocabularySize, tokenizer.BeginId, tokenizer.EndId, tokenizer.PadId, tokenizer.MaskId));
    }

    [SkippableFact]
    public void Smollm2_ReferencePrompts_HaveTheReferenceIds()
    {
        var tokenizer = TokenizerGoldens.Load(TestFolders.Fixture("tokenizers/smollm2"));
        using var document = JsonDocument.Parse(File.ReadAllText(TestFolders.Fixture("reference/logits.json")));
        TokenizerGoldens.AllEqual(document.RootElement.GetProperty("prompts").EnumerateArray().Select(p =>
            (p.Text("prompt"), p.Ids("ids"), tokenizer.Encode(p.Text("prompt"), addSpecial: true))));
    }

    [SkippableFact]
    public void Smollm2_ReferenceChats_HaveTheReferencePromptIdsAndText()
    {
        var folder = TestFolders.Fixture("tokenizers/smollm2");
        var tokenizer = TokenizerGoldens.Load(folder);
        using var configuration = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer_config.json")));
        var template = ChatTemplate.Parse(configuration.RootElement.Text("chat_template"));
        using var document = JsonDocument.Parse(File.ReadAllText(TestFolders.Fixture("reference/greedy.json")));
        foreach (var c in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            var prompt = template.Render([new ChatMessage("user", c.Text("user"))], addGenerationPrompt: true);
            Assert.Equal(c.Text("prompt"), prompt);
            Assert.Equal(c.Ids("prompt_ids"), tokenizer.Encode(prompt, addSpecial: true));
            Assert.Equal(c.Text("text"), tokenizer.Decode(c.Ids("generated_ids"), skipSpecial: false));
        }
    }

    [SkippableFact]
    public void Smollm2_Roles_ComeFromTheConfigurationBeside()
    {
        var tokenizer = TokenizerGoldens.Load(TestFolders.Fixture("tokenizers/smollm2"));
        Assert.Equal((49152, 1, 2, 2, 0), (tokenizer.VocabularySize, tokenizer.BeginId, tokenizer.EndId, tokenizer.PadId, tokenizer.UnknownId));
        Assert.Null(tokenizer.MaskId);
    }
}
