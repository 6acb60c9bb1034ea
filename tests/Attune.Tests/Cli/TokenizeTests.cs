using System.Text.Json;

namespace Attune.Tests.Cli;

public sealed class TokenizeTests : IDisposable
{
    /// <summary>Words between blanks, with [CLS] in front and [SEP] behind.</summary>
    private const string Tokenizer = """
        {"version": "1.0", "truncation": null, "padding": null,
         "added_tokens": [
           {"id": 0, "content": "[UNK]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
           {"id": 1, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
           {"id": 2, "content": "[SEP]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
         "normalizer": null, "pre_tokenizer": {"type": "Whitespace"},
         "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
         "decoder": null,
         "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "good": 3, "film": 4}, "unk_token": "[UNK]"}}
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false, new[] { 1, 3, 4, 2 }, new[] { 1, 0, 2 })]
    [InlineData(true, new[] { 3, 4 }, new[] { 0 })]
    public void Tokenize_AsJson_GivesTheIdsOfEachLine(bool noSpecial, int[] first, int[] second)
    {
        var file = folder.File("tokenizer.json", Tokenizer);
        string[] arguments = ["models", "tokenize", file, "--json", .. noSpecial ? ["--no-special"] : Array.Empty<string>()];
        var run = CliRun.With("{\"text\": \"good film\"}\n{\"text\": \"unheard\"}\n", arguments);
        Assert.Equal(0, run.Code);
        var lines = run.Out.TrimEnd().Split('\n');
        Assert.Equal(first, Ids(lines[0]));
        Assert.Equal(second, Ids(lines[1]));
    }

    [Fact]
    public void Tokenize_OfABadLine_NamesItsNumber()
    {
        var file = folder.File("tokenizer.json", Tokenizer);
        var run = CliRun.With("{\"text\": \"good\"}\n{\"txt\": 1}\n", "models", "tokenize", file, "--json");
        Assert.Equal(2, run.Code);
        Assert.Contains("line 2", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Out.TrimEnd().Split('\n'));
    }

    private static int[] Ids(string line)
    {
        using var json = JsonDocument.Parse(line);
        return [.. json.RootElement.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())];
    }
}
