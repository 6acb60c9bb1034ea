using System.Text.Json;
using Attune.Models.Hub;
using Attune.Tests.Models.Hub;

namespace Attune.Tests.Cli;

public sealed class ModelsCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string model;

    public ModelsCommandTests() => model = TinyFiles.WriteGguf(folder["tiny.gguf"]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Info_OfAModel_GivesTensorsTokensAndSites()
    {
        var run = CliRun.Of("models", "info", model, "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        var json = JsonElement.Parse(run.Out);
        var tensor = json.GetProperty("tensors").EnumerateArray().Single(t => t.GetProperty("name").GetString() == "blk.0.attn_k.weight");
        Assert.Equal(("F32", "[16,32]", 2048), (tensor.GetProperty("type").GetString(), tensor.GetProperty("shape").GetRawText().Replace(" ", "").Replace("\n", ""), tensor.GetProperty("bytes").GetInt32()));
        Assert.Equal(256, json.GetProperty("special_tokens").GetProperty("end").GetProperty("id").GetInt32());
        Assert.Contains("weights", json.GetProperty("sites").EnumerateArray().Select(s => s.GetString()));
        Assert.Equal("llama", json.GetProperty("configuration").GetProperty("general.architecture").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("chat_template").ValueKind);
    }

    [Fact]
    public void Info_OfAModelWithATemplate_RendersAnExample()
    {
        Assert.Equal(0, CliRun.Of("models", "convert", model, "-o", folder["model"]).Code);
        File.WriteAllText(Path.Combine(folder["model"], "chat_template.jinja"), "{% for m in messages %}[{{ m.role }}]{{ m.content }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}");
        var run = CliRun.Of("models", "info", folder["model"]);
        Assert.Equal(0, run.Code);
        Assert.Contains("[user]Hello<|end|>[assistant]", run.Out, StringComparison.Ordinal);
        Assert.Contains("blk.", CliRun.Of("models", "info", model, "-v").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_OfAGoodModel_Ends0AndOfAWrongOne1()
    {
        var good = CliRun.Of("models", "verify", model);
        Assert.Equal((0, ""), (good.Code, good.Error));
        Assert.EndsWith("verified\n", good.Out.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        TinyFiles.Patch(model, "blk.1.ffn_up.weight", 40, BitConverter.GetBytes(float.NaN));
        var wrong = CliRun.Of("models", "verify", model, "--json");
        Assert.Equal(1, wrong.Code);
        var weights = JsonElement.Parse(wrong.Out).GetProperty("files").EnumerateArray().Single(f => f.GetProperty("what").GetString() == "weights");
        Assert.False(weights.GetProperty("passed").GetBoolean());
        Assert.Contains("blk.1.ffn_up.weight", weights.GetProperty("found").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_OfAPulledModel_ChecksItsHashes()
    {
        Assert.Equal(0, CliRun.Of("models", "convert", model, "-o", folder["model"]).Code);
        using var hub = new FakeHub(Directory.GetFiles(folder["model"]).ToDictionary(f => Path.GetFileName(f)!, File.ReadAllBytes));
        var pulled = hub.Pull().Folder;
        Assert.Equal(0, CliRun.Of("models", "verify", pulled).Code);
        var tokenizer = Path.Combine(pulled, "tokenizer.json");
        File.WriteAllText(tokenizer, File.ReadAllText(tokenizer) + "\n");
        var run = CliRun.Of("models", "verify", pulled);
        Assert.Equal(1, run.Code);
        Assert.Contains("hash of tokenizer.json", run.Out, StringComparison.Ordinal);
        Assert.Contains("has changed since it was pulled", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_BesideAFolderWithoutAGolden_IsAWrongRequest()
    {
        var run = CliRun.Of("models", "verify", model, "--golden", folder.Path);
        Assert.Equal(2, run.Code);
        Assert.Contains("holds no golden", run.Error, StringComparison.Ordinal);
    }
}
