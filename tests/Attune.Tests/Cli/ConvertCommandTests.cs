using System.Text.Json;
using Attune.Models.Files;

namespace Attune.Tests.Cli;

public sealed class ConvertCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Convert_ThereAndBack_KeepsEveryNumberTheTokenizerAndTheTemplate()
    {
        var model = TinyFiles.WriteGguf(folder["tiny.gguf"]);
        var there = CliRun.Of("models", "convert", model, "-o", folder["folder"], "--json");
        Assert.Equal((0, ""), (there.Code, there.Error));
        using (var json = JsonDocument.Parse(there.Out))
            Assert.Equal(20, json.RootElement.GetProperty("tensors").GetProperty("F32").GetInt32());
        File.WriteAllText(Path.Combine(folder["folder"], "chat_template.jinja"), "{{ messages[0].content }}");
        Assert.Equal(0, CliRun.Of("models", "convert", folder["folder"], "-o", folder["back.gguf"]).Code);
        using var before = GgufFile.Open(model);
        using var after = GgufFile.Open(folder["back.gguf"]);
        Assert.Equal(before.Tensors.Keys.Order(StringComparer.Ordinal), after.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.All(before.Tensors.Values, t => Assert.Equal(t.ToFloat32(), after.Tensors[t.Info.Name].ToFloat32()));
        Assert.Equal(before.Metadata.GetTexts("tokenizer.ggml.tokens"), after.Metadata.GetTexts("tokenizer.ggml.tokens"));
        Assert.Equal("{{ messages[0].content }}", after.Metadata.GetText("tokenizer.chat_template"));
        Assert.Equal(256, after.Metadata.GetInteger("tokenizer.ggml.eos_token_id"));
        var texts = "{\"text\": \"häuser 12\"}\n";
        Assert.Equal(CliRun.With(texts, "models", "tokenize", model, "--json").Out, CliRun.With(texts, "models", "tokenize", folder["folder"], "--json").Out);
    }

    [Fact]
    public void Convert_ToAnotherType_WritesItAndNothingOverWhatIsThere()
    {
        var model = TinyFiles.WriteGguf(folder["tiny.gguf"]);
        Assert.Equal(0, CliRun.Of("models", "convert", model, "-o", folder["small.gguf"], "--type", "q8_0").Code);
        using (var file = GgufFile.Open(folder["small.gguf"]))
        {
            Assert.Equal(TensorType.Q8_0, file.Tensors["blk.0.attn_q.weight"].Info.Type);
            Assert.Equal(7, file.Metadata.GetInteger("general.file_type"));
        }
        var again = CliRun.Of("models", "convert", model, "-o", folder["small.gguf"], "--type", "f16");
        Assert.Equal(2, again.Code);
        Assert.Contains("--force", again.Error, StringComparison.Ordinal);
        Assert.Equal(0, CliRun.Of("models", "convert", model, "-o", folder["small.gguf"], "--type", "f16", "--force").Code);
    }

    [Theory]
    [InlineData("safetensors has no type", "--type", "q8_0", "-o", "out")]
    [InlineData("give one with -o", "--type", "q8_0")]
    [InlineData("choose one of", "--type", "q9", "-o", "x.gguf")]
    public void Convert_ThatCannotBe_SaysWhy(string expected, params string[] arguments)
    {
        var model = TinyFiles.WriteGguf(folder["tiny.gguf"]);
        var run = CliRun.Of(["models", "convert", model, .. arguments.Select(a => a is "out" or "x.gguf" ? folder[a] : a)]);
        Assert.Equal(2, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(folder["out"]));
    }

    [Fact]
    public void Convert_OverItsOwnSource_IsRefused()
    {
        var model = TinyFiles.WriteGguf(folder["tiny.gguf"]);
        var run = CliRun.Of("models", "convert", model, "-o", model, "--force");
        Assert.Equal(2, run.Code);
        Assert.Contains("read from", run.Error, StringComparison.Ordinal);
    }
}
