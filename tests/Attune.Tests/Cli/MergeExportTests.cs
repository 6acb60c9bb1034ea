using System.Text.Json;
using Attune.Models.Files;

namespace Attune.Tests.Cli;

public sealed class MergeExportTests : IDisposable
{
    private const string Data = "text,label\ngood film,yes\nbad film,no\na great plot,yes\nawful acting,no\nlovely,yes\ndull,no\n";

    private readonly TemporaryFolder folder = new();
    private readonly string data;
    private readonly string model;

    public MergeExportTests() => (data, model) = (folder.File("my.csv", Data), TinyFiles.WriteGguf(folder["tiny.gguf"]));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Merge_OfAFittedAdapter_PredictsAsTheAdapterDoes()
    {
        FitLora();
        var run = CliRun.Of("merge", folder["lora"], "--model", model, "-o", folder["merged.gguf"], "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.InRange(Number(run.Out, "largest_difference"), 0, 1e-4);
        Assert.Equal(Probabilities(folder["lora"], model), ZeroShot(folder["merged.gguf"]), new Near(1e-4));
        Assert.NotEqual(Probabilities(folder["lora"], model), ZeroShot(model), new Near(1e-4));
    }

    [Fact]
    public void Merge_IntoAFolderOfHuggingFace_KeepsItsLayout()
    {
        Assert.Equal(0, CliRun.Of("models", "convert", model, "-o", folder["base"]).Code);
        Assert.Equal(0, CliRun.Of("fit", "lora", data, "--model", folder["base"], "-o", folder["lora"], "--set", "lora.max-steps=4", "--set", "lora.learning-rate=0.05", "-q").Code);
        Assert.Equal(0, CliRun.Of("merge", folder["lora"], "--model", folder["base"], "-o", folder["merged"]).Code);
        Assert.Equal(Directory.GetFiles(folder["base"]).Select(Path.GetFileName).Order(), Directory.GetFiles(folder["merged"]).Select(Path.GetFileName).Order());
        Assert.Equal(Probabilities(folder["lora"], folder["base"]), ZeroShot(folder["merged"]), new Near(1e-4));
    }

    [Theory]
    [InlineData("f16")]
    [InlineData("q8_0")]
    public void Merge_IntoAnotherType_SaysHowFarLogitsMoved(string type)
    {
        FitLora();
        var run = CliRun.Of("merge", folder["lora"], "--model", model, "-o", folder["merged.gguf"], "--type", type);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("largest difference of logits", run.Out, StringComparison.Ordinal);
        using var file = GgufFile.Open(folder["merged.gguf"]);
        Assert.Equal(TensorConversion.ParseType(type), file.Tensors["blk.0.attn_q.weight"].Info.Type);
    }

    [Fact]
    public void Merge_OfSteeringOrPrompts_IsRefused()
    {
        Assert.Equal(0, CliRun.Of("fit", "icv", data, "--model", model, "-o", folder["icv"], "-q").Code);
        var run = CliRun.Of("merge", folder["icv"], "--model", model, "-o", folder["merged.gguf"]);
        Assert.Equal(2, run.Code);
        Assert.Contains("no change of weights", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["merged.gguf"]));
    }

    [Fact]
    public void Export_ToPeft_CanBeUsedLikeTheAdaptation()
    {
        FitLora();
        Assert.Equal(0, CliRun.Of("export", folder["lora"], "--to", "peft", "-o", folder["peft"]).Code);
        Assert.Equal(["adapter_config.json", "adapter_model.safetensors"], Directory.GetFiles(folder["peft"]).Select(Path.GetFileName).Order());
        var task = folder.File("task.json", """{"kind":"classification","labels":["no","yes"]}""");
        Assert.Equal(Probabilities(folder["lora"], model), Probabilities(folder["peft"], model, "--task-file", task), new Near(1e-6));
        var unknown = CliRun.With("x\n", "predict", folder["peft"], "--model", model);
        Assert.Equal(2, unknown.Code);
        Assert.Contains("--task-file", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(0, CliRun.Of("evaluate", folder["peft"], data, "--model", model).Code);
        Assert.Equal(0, CliRun.Of("merge", folder["peft"], "--model", model, "-o", folder["merged.gguf"]).Code);
        Assert.Equal(0, CliRun.With("hello\n", "chat", folder["peft"], "--model", model, "--max-tokens", "3", "--json").Code);
    }

    [Fact]
    public void Evaluate_APeftFolderOfAnotherBase_IsRefusedWithoutAnyModel()
    {
        FitLora();
        Assert.Equal(0, CliRun.Of("export", folder["lora"], "--to", "peft", "-o", folder["peft"]).Code);
        var configuration = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(folder["peft/adapter_config.json"]))!;
        CliRun With(string name, params string[] more)
        {
            configuration["base_model_name_or_path"] = name;
            File.WriteAllText(folder["peft/adapter_config.json"], configuration.ToJsonString());
            return CliRun.Of(["evaluate", folder["peft"], data, "--model", model, .. more]);
        }

        var refused = With("someone/Other-1B");
        Assert.Equal(2, refused.Code);
        Assert.Contains("'someone/Other-1B' and 'tiny.gguf' was given", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--any-model", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, With("someone/Other-1B", "--any-model").Code);
        Assert.Equal(0, With("/elsewhere/TINY/").Code);
    }

    [Fact]
    public void Export_ToGgufLora_HoldsTheSameChange()
    {
        FitLora();
        Assert.Equal(0, CliRun.Of("export", folder["lora"], "--to", "gguf-lora", "--model", model, "-o", folder["lora.gguf"]).Code);
        var adapter = GgufLora.Read(folder["lora.gguf"]);
        Assert.Equal(("llama", 4), (adapter.Architecture, adapter.Factors.Count));
        Assert.Equal(0, CliRun.Of("merge", folder["lora"], "--model", model, "-o", folder["merged.gguf"]).Code);
        using var before = GgufFile.Open(model);
        using var after = GgufFile.Open(folder["merged.gguf"]);
        foreach (var f in adapter.Factors)
        {
            // Rows stand in the file's order on both sides.
            var (w, merged) = (before.Tensors[f.Tensor].ToFloat32(), after.Tensors[f.Tensor].ToFloat32());
            for (var o = 0; o < f.Outputs; o++)
                for (var i = 0; i < f.Inputs; i++)
                {
                    var delta = Enumerable.Range(0, f.Rank).Sum(r => (double)f.B[o * f.Rank + r] * f.A[r * f.Inputs + i]) * adapter.Scale(f);
                    Assert.Equal(w[o * f.Inputs + i] + delta, merged[o * f.Inputs + i], 1e-5);
                }
        }
    }

    [Fact]
    public void Export_ToAControlVector_HoldsADirectionForEachBlockButTheFirst()
    {
        Assert.Equal(0, CliRun.Of("fit", "icv", data, "--model", model, "-o", folder["icv"], "-q", "--set", "icv.strength=0.5").Code);
        var run = CliRun.Of("export", folder["icv"], "--to", "gguf-control-vector", "-o", folder["vector.gguf"]);
        Assert.Equal(0, run.Code);
        Assert.Contains("the effect is not", run.Error, StringComparison.Ordinal);
        var vector = GgufControlVector.Read(folder["vector.gguf"]);
        Assert.Equal([1], vector.Directions.Keys);
        Assert.Equal(0.5, Math.Sqrt(vector.Directions[1].Sum(v => (double)v * v)), 1e-5);
    }

    [Fact]
    public void Export_ToSafetensors_HoldsTheTensors()
    {
        FitLora();
        Assert.Equal(0, CliRun.Of("export", folder["lora"], "--to", "safetensors", "-o", folder["lora.safetensors"]).Code);
        using var file = SafetensorsFile.Open(folder["lora.safetensors"]);
        Assert.Equal(8, file.Tensors.Count);
        Assert.Equal("lora", file.Metadata!["method"]);
    }

    [Theory]
    [InlineData("no form as a PEFT folder", "peft", "out")]
    [InlineData("no set of directions", "gguf-control-vector", "out")]
    [InlineData("holds no tensors", "safetensors", "out")]
    [InlineData("give one with --to", null, "out")]
    [InlineData("give one with -o", "peft", null)]
    public void Export_ThatCannotBe_SaysWhy(string expected, string? to, string? output)
    {
        Assert.Equal(0, CliRun.Of("fit", "majority", data, "-o", folder["fit"], "-q").Code);
        string[] arguments = ["export", folder["fit"], .. to is null ? Array.Empty<string>() : ["--to", to], .. output is null ? Array.Empty<string>() : ["-o", folder[output]]];
        var run = CliRun.Of(arguments);
        Assert.Equal(2, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.Equal(["fit", "my.csv", "tiny.gguf"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("peft", "--model", "x.gguf")]
    [InlineData("safetensors", "--any-model", null)]
    public void Export_WithAModelThatItDoesNotRead_IsRefused(string to, string option, string? value)
    {
        Assert.Equal(0, CliRun.Of("fit", "majority", data, "-o", folder["fit"], "-q").Code);
        string[] more = value is null ? [option] : [option, value];
        var run = CliRun.Of(["export", folder["fit"], "--to", to, "-o", folder["out"], .. more]);
        Assert.Equal(2, run.Code);
        Assert.Contains("reads no model", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Export_OverItsOwnAdaptation_IsRefused()
    {
        FitLora();
        var run = CliRun.Of("export", folder["lora"], "--to", "peft", "-o", folder["lora"], "--force");
        Assert.Equal(2, run.Code);
        Assert.True(File.Exists(Path.Combine(folder["lora"], "adaptation.json")));
    }

    private void FitLora() =>
        Assert.Equal(0, CliRun.Of("fit", "lora", data, "--model", model, "-o", folder["lora"], "--set", "lora.max-steps=4", "--set", "lora.learning-rate=0.05", "-q").Code);

    private double[] ZeroShot(string path)
    {
        var output = folder[Path.GetFileName(path) + ".zero"];
        Assert.Equal(0, CliRun.Of("fit", "zero-shot", data, "--model", path, "-o", output, "-q").Code);
        return Probabilities(output, path);
    }

    private static double[] Probabilities(string adaptation, string model, params string[] more)
    {
        var run = CliRun.With("good film\nawful plot\nsomething\n", ["predict", adaptation, "--model", model, .. more]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        return [.. run.Out.TrimEnd().Split('\n').Select(l => JsonElement.Parse(l).GetProperty("probabilities").GetProperty("yes").GetDouble())];
    }

    private static double Number(string json, string key) => JsonElement.Parse(json).GetProperty(key).GetDouble();

    private sealed class Near(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double a, double b) => Math.Abs(a - b) <= tolerance;

        public int GetHashCode(double value) => 0;
    }
}
