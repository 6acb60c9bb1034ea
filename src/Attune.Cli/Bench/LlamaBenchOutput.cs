using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Cli.Bench;

/// <summary>What llama-bench -o json says of one test.</summary>
/// <param name="Seconds">Of the whole test: all its tokens.</param>
internal sealed record LlamaBenchOutput(string Version, string Model, int PromptTokens, int GeneratedTokens, int Threads, double Seconds)
{
    /// <summary>Reads the first test of an array of tests.</summary>
    /// <exception cref="PeerException">It is no such array.</exception>
    public static LlamaBenchOutput Parse(string json)
    {
        try
        {
            var test = JsonNode.Parse(json)!.AsArray()[0]!;
            var samples = test["samples_ns"]!.AsArray().Select(s => s!.GetValue<double>() / 1e9).ToList();
            var seconds = Medians.Of(samples);
            if (!(seconds > 0))
                throw new PeerException("llama-bench gave no time; expected a positive number in samples_ns");
            var version = string.Create(CultureInfo.InvariantCulture, $"llama.cpp build {Whole(test, "build_number")} ({test["build_commit"]})");
            return new LlamaBenchOutput(version, test["model_type"]?.ToString() ?? "", Whole(test, "n_prompt"), Whole(test, "n_gen"), Whole(test, "n_threads"), seconds);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or ArgumentOutOfRangeException or FormatException)
        {
            throw new PeerException("llama-bench gave no JSON that can be read; expected what its '-o json' writes: an array of tests with n_prompt, n_gen and samples_ns", e);
        }
    }

    private static int Whole(JsonNode test, string name) => test[name]!.GetValue<int>();
}
