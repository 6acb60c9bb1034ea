using Attune.Cli.Bench;

namespace Attune.Tests.Cli.Bench;

public class LlamaBenchOutputTests
{
    /// <summary>Written by hand after what the program's documentation shows of -o json.</summary>
    internal const string Sample = """
        [
          {
            "build_commit": "0123abcd", "build_number": 4711, "model_type": "llama ?B Q4_1", "n_threads": 2, "n_prompt": 512, "n_gen": 0,
            "avg_ns": 2000000000, "stddev_ns": 0, "avg_ts": 256.0,
            "samples_ns": [ 3000000000, 1500000000, 2000000000 ], "samples_ts": [ 170.7, 341.3, 256.0 ]
          }
        ]
        """;

    [Fact]
    public void Parse_OfATest_GivesVersionSizesAndTheMedianOfItsSamples()
    {
        var output = LlamaBenchOutput.Parse(Sample);
        Assert.Equal(("llama.cpp build 4711 (0123abcd)", "llama ?B Q4_1"), (output.Version, output.Model));
        Assert.Equal((512, 0, 2), (output.PromptTokens, output.GeneratedTokens, output.Threads));
        Assert.Equal(2.0, output.Seconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("error: failed to load model")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""[{"n_prompt": 512}]""")]
    [InlineData("""[{"build_number": 1, "n_prompt": 1, "n_gen": 0, "n_threads": 1, "samples_ns": "fast"}]""")]
    [InlineData("""[{"build_number": 1, "n_prompt": 1, "n_gen": 0, "n_threads": 1, "samples_ns": []}]""")]
    public void Parse_OfAnythingElse_SaysWhatWasExpected(string text) =>
        Assert.Contains("samples_ns", Assert.Throws<PeerException>(() => LlamaBenchOutput.Parse(text)).Message, StringComparison.Ordinal);
}
