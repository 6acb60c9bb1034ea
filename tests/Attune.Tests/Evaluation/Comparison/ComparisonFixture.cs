using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Tests.Data;

namespace Attune.Tests.Evaluation.Comparison;

/// <summary>A folder of its own for runs, and requests over small data: odd rows are "a", even ones "b".</summary>
public abstract class ComparisonFixture : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("attune-comparison-").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    internal string In(string name) => Path.Combine(home, name);

    internal static Dataset Data(int test = 8, int train = 40) =>
        Sets.Of(Sets.Task("a", "b"), Sets.Rows("train", train, "a", "b"), Sets.Rows("test", test, "a", "b")) with { Hash = "data-hash" };

    internal ComparisonRequest Request(string folder, params FakeMethod[] methods) => new()
    {
        Data = Data(),
        DataPath = "toy.csv",
        Methods = [.. methods.Select(m => new PlannedMethod(m.Card.Name, m, m.DefaultOptions))],
        Shots = [new ShotSpec(0, null), new ShotSpec(4, null)],
        Folder = In(folder),
    };

    internal static RunResults Run(ComparisonRequest request, Recorder? observer = null, CancellationToken cancel = default, TimeProvider? time = null) =>
        new ComparisonRun(request, null, null, observer ?? new Recorder(), cancel, time ?? new ManualTime()).Run();

    /// <summary>Right on a row with that probability, by its number.</summary>
    internal static Func<int, double> Right(Func<int, double> probability) => i => i % 2 == 1 ? probability(i) : 1 - probability(i);

    internal static FakeMethod ZeroShot() => new("zero-shot") { UsesRows = false, First = Right(i => i % 3 == 0 ? 0.3 : 0.6) };

    internal static FakeMethod Learner(string name = "learner") => new(name) { LeastRows = 2, First = Right(i => i % 4 == 0 ? 0.2 : 0.8) };

    internal static string[] Lines(ComparisonRequest request) => File.ReadAllLines(Path.Combine(request.Folder!, "results.jsonl"));

    /// <summary>summary.json without times and memory.</summary>
    internal static string Comparable(ComparisonRequest request)
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(request.Folder!, "summary.json")))!.AsObject();
        json.Remove("seconds");
        foreach (var row in json["rows"]!.AsArray())
            foreach (var name in new[] { "fit_seconds", "query_ms", "peak_memory_bytes" })
                row!.AsObject().Remove(name);
        return json.ToJsonString();
    }
}
