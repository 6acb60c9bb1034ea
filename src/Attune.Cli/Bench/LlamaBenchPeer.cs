using System.Globalization;

namespace Attune.Cli.Bench;

/// <summary>llama.cpp's own benchmark on the same GGUF file: a process for each run, which warms up by itself.</summary>
internal sealed class LlamaBenchPeer(string program, string model, int threads, BenchSizes sizes) : IPeer
{
    public string Name => "llama-bench";

    public string Version { get; private set; } = "llama-bench of unknown version";

    public IReadOnlyList<string> Works { get; } = ["prefill", "decode"];

    public double Run(string work, CancellationToken cancel)
    {
        if (!model.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
            throw new PeerException($"llama-bench reads GGUF files only, and '{model}' is none");
        var (prompt, generate) = work == "prefill" ? (sizes.Prefill, 0) : (0, sizes.Decode);
        var output = LlamaBenchOutput.Parse(PeerProcess.Run(program,
            ["-m", model, "-p", Text(prompt), "-n", Text(generate), "-t", Text(threads), "-r", "1", "-o", "json"], cancel));
        if ((output.PromptTokens, output.GeneratedTokens, output.Threads) != (prompt, generate, threads))
            throw new PeerException(string.Create(CultureInfo.InvariantCulture,
                $"llama-bench was asked for {prompt} prompt and {generate} generated tokens on {threads} threads but measured {output.PromptTokens} and {output.GeneratedTokens} on {output.Threads}"));
        Version = output.Version;
        return output.Seconds;
    }

    public void Dispose()
    {
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
