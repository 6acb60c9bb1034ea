using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors.Autograd;
using Attune.Tests.Models.Files;

namespace Attune.Tests.Models.Architectures;

/// <summary>The goldens' decoders as GGUF files, converted by llama.cpp's rules: the class's scores.</summary>
[Trait("Category", "Goldens")]
public sealed class GgufDecoderGoldenTests
{
    /// <summary>model_type to general.architecture.</summary>
    private static readonly Dictionary<string, string> Architectures = new(StringComparer.Ordinal)
    {
        ["llama"] = "llama", ["mistral"] = "llama", ["mixtral"] = "llama", ["qwen2"] = "qwen2", ["qwen3"] = "qwen3", ["qwen3_moe"] = "qwen3moe", ["gemma"] = "gemma", ["gemma2"] = "gemma2",
        ["gemma3_text"] = "gemma3", ["phi"] = "phi2", ["phi3"] = "phi3", ["gpt2"] = "gpt2", ["gpt_neox"] = "gptneox", ["bloom"] = "bloom", ["falcon"] = "falcon", ["mpt"] = "mpt",
        ["olmo"] = "olmo", ["olmo2"] = "olmo2", ["stablelm"] = "stablelm", ["starcoder2"] = "starcoder2", ["cohere"] = "command-r", ["granite"] = "granite",
    };

    public static TheoryData<string> Folders()
    {
        var data = new TheoryData<string>();
        foreach (var folder in ArchitectureGolden.Folders().Where(f => ArchitectureGolden.KindOf(f) == "decoder"))
            data.Add(Path.GetFileName(folder) + "|config.json");
        if (data.Count == 0)
            data.Add("");
        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Load_ConvertedFile_LogitsOfTheGolden(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        var configuration = GoldenJson.Read(Path.Combine(golden.Folder, "config.json"));
        var type = configuration.GetProperty("model_type").GetString()!;
        Skip.IfNot(Architectures.TryGetValue(type, out var architecture), $"llama.cpp of 2025-02 has no files of {type}, or they cannot say what this one does");
        Skip.If(Lost(configuration, architecture!) is not null, $"a GGUF file of {architecture} cannot hold {Lost(configuration, architecture!)}");
        using var folder = new TemporaryFolder();
        var path = folder.File("model.gguf");
        using (var source = SafetensorsFolder.Open(golden.Folder))
        {
            var conversion = new GgufConversion(architecture!, configuration, source);
            GgufWriter.Write(path, conversion.Metadata(), conversion.Tensors());
        }
        using var model = (CausalLanguageModel)ModelLoader.LoadTransformer(path, new ModelOptions { RopeLength = RopeLength.Batch });
        using var graph = new Graph(recording: false);
        var rows = golden.Rows();
        var batch = new TokenBatch();
        foreach (var (ids, _) in rows)
            batch.Add(ids);
        golden.NearRows("logits", model.Logits(graph, model.Forward(graph, batch, null), batch, null), rows);
    }

    /// <summary>A setting that converters drop; null: none.</summary>
    private static string? Lost(System.Text.Json.JsonElement c, string architecture)
    {
        bool Is(string key) => c.TryGetProperty(key, out var v) && v.ValueKind == System.Text.Json.JsonValueKind.True;
        if (architecture == "llama" && c.TryGetProperty("rope_parameters", out var rope) && rope.GetProperty("rope_type").GetString() is var kind and not ("default" or "linear"))
            return $"the rope type {kind}";
        if (architecture == "llama" && c.TryGetProperty("sliding_window", out var w) && w.ValueKind == System.Text.Json.JsonValueKind.Number)
            return "a window";
        return Is("alibi") ? "linear biases" : null;
    }
}
