using System.Text;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Tests.Models.Loading;

/// <summary>Broken configuration files: one sentence that names the file.</summary>
public sealed class ConfigurationFaultTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-config-").FullName;

    public static TheoryData<string> Broken =>
    [
        "", "[", "[]", "3", "null", "{\"model_type\":}", "{\"model_type\":3}", "{\"model_type\":\"llama\"}", "{\"model_type\":\"\\ud800\"}", "{\"model_type\":\"llama\"} x",
        new string('[', 20000), string.Concat(Enumerable.Repeat("{\"a\":", 20000)),
        "{\"model_type\":\"llama\",\"hidden_size\":\"x\"}", "{\"model_type\":\"llama\",\"hidden_size\":1e99}", "{\"model_type\":\"llama\",\"hidden_size\":-4,\"num_attention_heads\":0}",
    ];

    [Theory]
    [MemberData(nameof(Broken))]
    public void Load_BrokenConfiguration_IsOneSentenceWithThePath(string json)
    {
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), []);
        File.WriteAllText(Path.Combine(folder, "config.json"), json);
        Check(() => ModelLoader.LoadLanguageModel(folder), "config.json");
    }

    [Theory]
    [InlineData("num_hidden_layers", "2000000000")]
    [InlineData("num_hidden_layers", "-1")]
    [InlineData("num_attention_heads", "0")]
    [InlineData("num_attention_heads", "2000000000")]
    [InlineData("hidden_size", "2147483647")]
    [InlineData("vocab_size", "2147483647")]
    [InlineData("intermediate_size", "[]")]
    [InlineData("rms_norm_eps", "\"x\"")]
    [InlineData("rope_parameters", "3")]
    [InlineData("rope_parameters", "{\"rope_type\":\"moon\"}")]
    public void Load_WrongValue_IsRefusedWithoutFollowingIt(string key, string value)
    {
        var json = TinyModels.Configuration();
        json[key] = System.Text.Json.Nodes.JsonNode.Parse(value);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), []);
        File.WriteAllText(Path.Combine(folder, "config.json"), json.ToJsonString());
        var before = GC.GetAllocatedBytesForCurrentThread();
        Check(() => ModelLoader.LoadTransformer(folder), folder);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
    }

    [Fact]
    public void JsonFile_NotUtf8_IsRefused()
    {
        var path = Path.Combine(folder, "config.json");
        File.WriteAllBytes(path, [.. "{\"a\":\""u8, 0xFF, .. "\"}"u8]);
        Check(() => JsonFile.Read(path), path);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes("{\"a\":1,\"a\":2}"));
        Check(() => JsonFile.ReadObject(path), path);
        Assert.Equal(2, JsonFile.Read(path).GetProperty("a").GetInt32());
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static void Check(Func<object> load, string named)
    {
        var error = Assert.ThrowsAny<AttuneException>(load);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
