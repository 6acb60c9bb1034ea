using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Attune.Tests.Cli;

/// <summary>A run survives a kill at any moment: started again it ends in the summary of an undisturbed run, but for times and memory.</summary>
public sealed class KillTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-kill-").FullName;

    [Fact]
    public void Compare_KilledSeveralTimes_EndsAsIfUndisturbed()
    {
        var data = Path.Combine(folder, "data.jsonl");
        File.WriteAllLines(data, Enumerable.Range(0, 120).Select(i => $$"""{"text":"row number {{i}} of a kind","label":"{{(i % 3 == 0 ? "a" : "b")}}"}"""));
        var undisturbed = Path.Combine(folder, "undisturbed");
        Assert.Equal(0, Run(data, undisturbed, null));
        var disturbed = Path.Combine(folder, "disturbed");
        foreach (var milliseconds in new[] { 250, 400, 550, 700 })
            Run(data, disturbed, milliseconds);
        Assert.Equal(0, Run(data, disturbed, null));
        Assert.Equal(Rows(undisturbed), Rows(disturbed));
        var cells = File.ReadLines(Path.Combine(disturbed, "results.jsonl")).Select(l => JsonNode.Parse(l)!).ToArray();
        Assert.Equal(cells.Length, cells.Select(c => $"{c["method"]} {c["shots"]} {c["seed"]}").Distinct().Count());
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Runs the program; kills it after a while if asked to. The exit code.</summary>
    private static int Run(string data, string output, int? killAfter)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "attune.dll");
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { program, "compare", data, "--methods", "majority", "--shots", "0,1,2,4,8", "--seeds", "30", "--out", output, "--quiet" },
        };
        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var errors = process.StandardError.ReadToEndAsync();
        if (killAfter is { } milliseconds && !process.WaitForExit(milliseconds))
            process.Kill();
        process.WaitForExit();
        if (killAfter is null && process.ExitCode != 0)
            Assert.Fail(errors.Result);
        return process.ExitCode;
    }

    /// <summary>The summary's rows without what depends on the clock or the memory at hand.</summary>
    private static string Rows(string output)
    {
        var rows = JsonNode.Parse(File.ReadAllText(Path.Combine(output, "summary.json")))!["rows"]!.AsArray();
        foreach (var row in rows)
            foreach (var field in new[] { "fit_seconds", "query_ms", "peak_memory_bytes", "cheapest" })
                row!.AsObject().Remove(field);
        return rows.ToJsonString();
    }
}
