using System.Text.Json.Nodes;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Models.Loading;

public sealed class RopeConfigurationTests
{
    [Fact]
    public void Read_YarnWithBothScales_GivesTheirRatio()
    {
        var rope = Yarn("""{"rope_type":"yarn","factor":4,"mscale":1,"mscale_all_dim":0.5}""");
        Assert.Equal((1 + 0.1 * Math.Log(4)) / (1 + 0.05 * Math.Log(4)), RopeFrequencies.AttentionFactor(rope), 1e-12);
        Assert.Equal(1 + 0.1 * Math.Log(4), RopeFrequencies.AttentionFactor(Yarn("""{"rope_type":"yarn","factor":4,"mscale":0.5}""")), 1e-12);
        Assert.Equal(1.25, RopeFrequencies.AttentionFactor(Yarn("""{"rope_type":"yarn","factor":4,"mscale":1,"mscale_all_dim":0.5,"attention_factor":1.25}""")), 1e-12);
    }

    [Theory]
    [InlineData(true, 0.625)]
    [InlineData(false, 0.55)]
    public void Frequencies_OfYarn_RampBetweenWholeDimensionsOrNot(bool truncate, double share)
    {
        // With the base e² and four dimensions the ramp runs from ln(1000/(2π·fast)) = 0.25 to ln(1000/(2π·slow)) = 1.5; unrounded it is 0.6 at the second pair, rounded 0.5.
        var rope = Yarn("""{"rope_type":"yarn","factor":4}""") with
        {
            Base = Math.Exp(2), OriginalContext = 1000, BetaFast = 1000 / (2 * Math.PI * Math.Exp(0.25)), BetaSlow = 1000 / (2 * Math.PI * Math.Exp(1.5)), Truncate = truncate,
        };
        Assert.Equal(share * Math.Exp(-1), RopeFrequencies.Compute(rope)[1], 1e-12);
        Assert.False(Yarn("""{"rope_type":"yarn","factor":4,"truncate":false}""").Truncate);
    }

    [Theory]
    [InlineData("rope.scaling.factor")]
    [InlineData("rope.scale_linear")]
    public void Gguf_FactorWithoutType_IsLinear(string key)
    {
        var json = GgufRope.Parameters(Metadata((key, 4f)), "llama", 64);
        Assert.Equal(("linear", 4.0), ((string?)json["rope_type"], (double)json["factor"]!));
        Assert.Equal("default", (string?)GgufRope.Parameters(Metadata((key, 1f)), "llama", 64)["rope_type"]);
    }

    [Fact]
    public void Gguf_Yarn_ReadsItsRampAndRefusesWhatItDoesNotCompute()
    {
        var json = GgufRope.Parameters(Metadata(("rope.scaling.type", "yarn"), ("rope.scaling.factor", 4f), ("rope.scaling.yarn_beta_fast", 16f), ("rope.scaling.yarn_beta_slow", 2f)), "llama", 64);
        Assert.Equal((16.0, 2.0), ((double)json["beta_fast"]!, (double)json["beta_slow"]!));
        foreach (var key in new[] { "attn_factor", "yarn_attn_factor", "yarn_log_multiplier" })
        {
            var error = Assert.Throws<ModelFileException>(() => GgufRope.Parameters(Metadata(("rope.scaling.type", "yarn"), ("rope.scaling." + key, 0.5f)), "llama", 64));
            Assert.Contains(key, error.Message, StringComparison.Ordinal);
        }
    }

    private static RopeSettings Yarn(string rope) =>
        RopeConfigurations.Read(new ConfigurationJson(new JsonObject { ["rope_parameters"] = JsonNode.Parse(rope) }, "config.json"), 4, 4096);

    private static GgufMetadata Metadata(params (string Key, object Value)[] entries) =>
        new("x.gguf", new OrderedDictionary<string, GgufValue>(entries.Select(e => KeyValuePair.Create("llama." + e.Key, GgufValue.Of(e.Value))), StringComparer.Ordinal));
}
