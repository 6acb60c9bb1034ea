using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Tensors;
using Spectre.Console;

namespace Attune.Cli.Bench;

/// <summary>One call of the bench: measures work by work, and shows what came out.</summary>
internal sealed class BenchSession(BenchSubject subject, BenchModel? model, IReadOnlyList<string> works, BenchSizes sizes, ulong seed, Shell shell)
{
    private readonly StatusLine status = new(shell);

    /// <summary>The machine's limits, the works as shares of them, and where each work's time goes.</summary>
    public JsonObject Measure(BenchRunner runner, Func<MachineLimits> measureMachine)
    {
        status.Show("measuring the machine", always: true);
        var limits = measureMachine();
        var results = new List<WorkResult>();
        foreach (var name in works)
        {
            shell.Cancellation.ThrowIfCancellationRequested();
            status.Show($"measuring {name}", always: true);
            using var work = model!.Create(name, sizes, seed);
            results.Add(runner.Measure(work));
        }
        status.Clear();
        if (!shell.Json)
            Write(limits, results);
        return BenchJson.Of(subject, limits, results);
    }

    /// <summary>The works that a peer has too, in turns with it.</summary>
    public JsonObject Compare(PeerName peerName, int pairs)
    {
        if (model?.Language is not { } language)
            throw new AttuneException($"--against compares language models; '{model?.Description.Name}' is an encoder");
        using IPeer peer = peerName.Peer == "llama-bench"
            ? new LlamaBenchPeer(peerName.Program, language.Description.Path, subject.Threads, sizes)
            : new TorchPeer(peerName.Program, language.Transformer, subject.Precision, subject.Threads, sizes, seed);
        var comparison = Compare(peer, pairs);
        status.Clear();
        if (!shell.Json)
        {
            var console = shell.OutConsole();
            WriteSubject(console);
            BenchText.Against(console, comparison);
        }
        return BenchJson.Of(subject, comparison);
    }

    private PeerComparison Compare(IPeer peer, int pairs)
    {
        var runner = new BenchRunner(pairs, 0, shell.Cancellation);
        var done = new List<PairedWork>();
        foreach (var name in works.Where(peer.Works.Contains))
        {
            using var work = model!.Create(name, sizes, seed);
            done.Add(Alternation.Run(work, peer, runner, pairs, i => status.Show(string.Create(CultureInfo.InvariantCulture, $"{name}: pair {i + 1} of {pairs}"), always: true), shell.Cancellation));
        }
        if (works.Any(n => !peer.Works.Contains(n)))
            shell.Note($"{peer.Name} has no {string.Join(", ", works.Where(n => !peer.Works.Contains(n)))}; compared: {string.Join(", ", done.Select(d => d.Name))}.");
        return new PeerComparison(peer.Name, peer.Version, done);
    }

    private void Write(MachineLimits limits, List<WorkResult> results)
    {
        var console = shell.OutConsole();
        WriteSubject(console);
        BenchText.Limits(console, limits);
        if (results.Count == 0)
            return;
        BenchText.Works(console, results, limits);
        if (!shell.Quiet && results.Any(r => r.Missing is null))
            BenchText.Counted(console, results);
        foreach (var result in results.Where(r => r.Missing is null))
            BenchText.Roofline(console, result, limits, shell.Verbose);
        if (!shell.Quiet)
            console.MarkupLine("[dim]Of operations, products and attention count theirs by their shapes, all else its bytes; more than 100% means that the bytes came from the caches.[/]");
    }

    private void WriteSubject(IAnsiConsole console)
    {
        console.MarkupLine(Visible.Markup(subject.Line));
        if (subject.ModelLine is { } line)
            console.MarkupLine(Visible.Markup(line));
    }
}
