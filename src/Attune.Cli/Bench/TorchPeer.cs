using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Tensors;

namespace Attune.Cli.Bench;

/// <summary>
/// torch under a Python interpreter, by a script of ours that writes a Llama of the same shapes in plain torch, with random weights. It
/// stays alive and does a work whenever a line names it, so that neither starting it nor making weights is timed.
/// </summary>
internal sealed class TorchPeer(string python, CausalLanguageModel model, Precision precision, int threads, BenchSizes sizes, ulong seed) : IPeer
{
    private const string ScriptResource = "torch_peer.py";

    private PeerProcess? process;

    public string Name => "python";

    public string Version { get; private set; } = "torch of unknown version";

    public IReadOnlyList<string> Works { get; } = ["prefill", "decode", "scoring", "lora", "lora-all", "full"];

    public double Run(string work, CancellationToken cancel)
    {
        var running = process ??= Start(cancel);
        return Ask(running, new JsonObject { ["work"] = work }, cancel)["seconds"] is JsonValue value && value.TryGetValue(out double seconds) && seconds > 0
            ? seconds
            : throw new PeerException($"the torch script gave no time for {work}");
    }

    public void Dispose() => process?.Dispose();

    /// <summary>The script's text, which is also in bench/peers.</summary>
    internal static string Script()
    {
        using var stream = typeof(TorchPeer).Assembly.GetManifestResourceStream(ScriptResource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>What the script is told of model and works.</summary>
    internal JsonObject Shapes() => new()
    {
        ["hidden"] = model.Hidden, ["layers"] = model.Layers, ["heads"] = model.Heads, ["kv_heads"] = model.KvHeads, ["head_dim"] = model.HeadDim,
        ["intermediate"] = model.Linears.First(l => l.Role == "gate_proj").Outputs, ["vocabulary"] = model.Vocabulary,
        ["threads"] = threads, ["dtype"] = precision == Precision.Fast ? "bfloat16" : "float32", ["seed"] = seed,
        ["prefill"] = sizes.Prefill, ["decode"] = sizes.Decode, ["score_rows"] = sizes.ScoreRows, ["score_tokens"] = sizes.ScoreTokens, ["score_prefix"] = sizes.ScorePrefix,
        ["train_rows"] = sizes.TrainRows, ["train_tokens"] = sizes.TrainTokens, ["rank"] = sizes.Rank,
    };

    private PeerProcess Start(CancellationToken cancel)
    {
        var started = PeerProcess.Start(python, ["-c", Script()]);
        try
        {
            Version = Ask(started, Shapes(), cancel)["version"]?.ToString() ?? "torch of unknown version";
            return started;
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    private static JsonObject Ask(PeerProcess running, JsonObject question, CancellationToken cancel)
    {
        try
        {
            running.Input.WriteLine(question.ToJsonString());
            running.Input.Flush();
            var answer = JsonNode.Parse(running.ReadLine(cancel)) as JsonObject ?? [];
            return answer["error"]?.ToString() is { } error ? throw new PeerException(error) : answer;
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            // A pipe that broke: the program has ended, and says why when it is read.
            if (e is IOException)
                running.ReadLine(cancel);
            throw new PeerException("the torch script gave an answer that cannot be read", e);
        }
    }
}
