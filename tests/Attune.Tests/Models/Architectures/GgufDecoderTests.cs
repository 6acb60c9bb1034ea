using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tests.Models.Files;

namespace Attune.Tests.Models.Architectures;

/// <summary>Tiny decoders as folders and as GGUF files by llama.cpp's rules: the same scores.</summary>
public sealed class GgufDecoderTests
{
    [Theory]
    [InlineData("llama", "llama")]
    [InlineData("mixtral", "llama")]
    [InlineData("gpt2", "gpt2")]
    [InlineData("gemma2", "gemma2")]
    [InlineData("bloom", "bloom")]
    [InlineData("falcon", "falcon")]
    [InlineData("falcon:groups", "falcon")]
    [InlineData("stablelm:parallel", "stablelm")]
    [InlineData("granite", "granite")]
    [InlineData("mpt", "mpt")]
    public void Load_ConvertedFile_ScoresOfTheFolder(string name, string architecture)
    {
        using var folder = new TemporaryFolder();
        var configuration = Complete(TinyDecoders.Configuration(name));
        File.WriteAllText(folder.File("config.json"), configuration.ToJsonString());
        var weights = new RecordedWeights();
        TinyModels.Create(configuration, weights).Dispose();
        SafetensorsWriter.Write(folder.File("model.safetensors"), weights.Taken, new Dictionary<string, string>());
        var root = Path.GetDirectoryName(folder.File("model.safetensors"))!;
        using (var source = SafetensorsFolder.Open(root))
        {
            var conversion = new GgufConversion(architecture, JsonSerializer.SerializeToElement(configuration), source);
            GgufWriter.Write(folder.File("model.gguf"), conversion.Metadata(), conversion.Tensors());
        }
        using var expected = (CausalLanguageModel)ModelLoader.LoadTransformer(root);
        using var model = (CausalLanguageModel)ModelLoader.LoadTransformer(folder.File("model.gguf"));
        var (a, b) = (DecoderPropertyTests.Scores(expected, [5, 6, 7, 200, 8]), DecoderPropertyTests.Scores(model, [5, 6, 7, 200, 8]));
        for (var i = 0; i < a.Length; i++)
            for (var j = 0; j < a[i].Length; j++)
                Assert.Equal(a[i][j], b[i][j], 1e-4);
    }

    /// <summary>With what a converter looks for and the classes have by default.</summary>
    private static JsonObject Complete(JsonObject json)
    {
        foreach (var key in new[] { "rms_norm_eps", "layer_norm_eps", "layer_norm_epsilon" })
            json[key] = 1e-5;
        var rope = new JsonObject { ["rope_theta"] = 5000, ["rope_type"] = "default" };
        if (json["partial_rotary_factor"] is { } part)
            rope["partial_rotary_factor"] = part.DeepClone();
        json["rope_parameters"] = rope;
        // What the files cannot say.
        json.Remove("scale_attn_by_inverse_layer_idx");
        if (json["attn_config"] is JsonObject attention)
        {
            attention["alibi_bias_max"] = 8;
            attention.Remove("clip_qkv");
        }
        return json;
    }
}
