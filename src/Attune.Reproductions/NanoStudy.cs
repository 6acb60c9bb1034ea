using System.Text.Json.Nodes;
using Attune.Data.Generators;
using Attune.Models.Loading;
using Attune.Reproductions.Nano;

namespace Attune.Reproductions;

/// <summary>What the model that comes with Attune can do, on tasks that it was not trained on.</summary>
internal sealed class NanoStudy : IReproduction
{
    private const double LeastRank = 0.8;
    private static readonly string Rises = Text($"from 0 to 16 rows a label the 95% interval of the difference over seeds is above 0, and the rank correlation of mean accuracy with 0, 1, 4, 16 is at least {LeastRank}");
    private const string Permuted = "with 16 rows a label whose labels are exchanged in a ring: the 95% interval of true labels less permuted ones is above 0";
    private const string Nearby = "with 16 rows a label, 8 demonstrations by nano's own states less 8 at random: the 95% interval of the difference is above 0";
    private const string Learns = "with 16 rows a label, accuracy less that of the most frequent label: the 95% interval is above 0";

    private const string Random = "icl-random", Nearest = "icl-knn", ZeroShot = "zero-shot", Majority = "majority", Lora = "lora", Probe = "linear-probe";

    public ReproductionCard Card { get; } = new()
    {
        Id = "NANO",
        Title = "nano: what the model in models/nano can do",
        Paper = "Attune's own model (models/nano/README.md, docs/nano.md)",
        DoneWhen = "On families of tasks that were kept from training, and on each example set, accuracy rises with labelled rows; permuted labels lower it; near demonstrations beat random ones; LoRA and a linear probe on its own states work.",
        Setting = "Demonstrations of 0, 1, 4 and 16 rows a label, as many as the context takes, on 60 test rows a seed of each example set and 40 of each held-out family that has enough different texts (none stands twice); five seeds. LoRA changes all maps at a rate of 5e-3 for at most 300 steps. Smoke: one family and one set, 6 rows.",
        Claims =
        [
            new("rises", "Accuracy rises with labelled rows, on families of tasks that were kept from training.", Rises),
            new("rises-sets", "Accuracy rises with labelled rows on each example set.", Rises),
            new("permuted", "Permuted labels lower it, on those families.", Permuted),
            new("permuted-sets", "Permuted labels lower it on each example set.", Permuted),
            new("nearest", "Near demonstrations beat random ones, on those families.", Nearby),
            new("nearest-sets", "Near demonstrations beat random ones on each example set.", Nearby),
            new("lora-sets", "LoRA works on each example set.", Learns),
            new("probe-sets", "A linear probe on nano's own states works on each example set.", Learns),
        ],
        Minutes = new(0.2, 12, 30),
        Seeds = 5,
        Needs = ["model nano"],
    };

    public void Run(ReproductionContext context)
    {
        using var model = ModelLoader.LoadLanguageModel(context.Model("nano"));
        using var encoder = ModelLoader.LoadEncoder(context.Model("nano"));
        var scratch = Directory.CreateTempSubdirectory("attune-nano-").FullName;
        try
        {
            Run(context, new NanoComparison(model, encoder, scratch, context.Seeds, context.At(6, 60, 200)), new NanoComparison(model, encoder, Path.Combine(scratch, "families"), context.Seeds, context.At(6, 40, 200)), scratch);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static void Run(ReproductionContext context, NanoComparison ofSets, NanoComparison ofFamilies, string scratch)
    {
        var families = TaskFamilies.HeldOut.Take(context.At(1, int.MaxValue, int.MaxValue)).ToList();
        var sets = NanoSet.Examples.Take(context.At(1, 3, 3)).ToList();
        var (scores, left) = (new List<NanoScores>(), new List<string>());
        foreach (var (i, family) in families.Index())
        {
            context.Progress(0.6 * i / families.Count, family.Name);
            if (NanoSet.Generated(family, context.Random(0, "family " + family.Name), 24, 40, Path.Combine(scratch, "data")) is { } set)
                scores.Add(Measure(set, ofFamilies, [Random, Nearest], context.Cancel));
            else
                left.Add(family.Name);
        }
        var groups = new List<NanoScores> { NanoScores.MeanOf("held-out families", scores) };
        foreach (var (i, name) in sets.Index())
        {
            context.Progress(0.6 + 0.4 * i / sets.Count, name);
            groups.Add(Measure(NanoSet.Example(name), ofSets, [Random, Nearest, Lora, Probe, Majority], context.Cancel));
        }
        context.Setting("families left out for want of different texts", left.Count == 0 ? "none" : string.Join(", ", left));
        Show(context, groups, scores);
        Decide(context, groups);
    }

    private static NanoScores Measure(NanoSet set, NanoComparison comparison, string[] methods, CancellationToken cancel)
    {
        var all = comparison.Run(set, NanoScores.Shots, [(ZeroShot, null), (Random, new JsonObject { ["demonstrations"] = 1024 })], cancel);
        var permuted = comparison.Run(set.Permuted(), [16], [(Random, new JsonObject { ["demonstrations"] = 1024 })], cancel);
        var fitted = comparison.Run(set, [16], [.. methods.Select(m => (m, Options(m)))], cancel);
        return new NanoScores(set.Name, [.. NanoScores.Shots.Select(n => n == 0 ? all[ZeroShot + "/0"] : all[FormattableString.Invariant($"{Random}/{n}")])], permuted[Random + "/16"],
            methods.ToDictionary(m => m, m => fitted[m + "/16"], StringComparer.Ordinal));
    }

    /// <summary>Random demonstrations as many and as often drawn as near ones; LoRA as a model of a small width needs it.</summary>
    private static JsonObject? Options(string method) => method switch
    {
        Random => new JsonObject { ["demonstrations"] = 8, ["redraw"] = true },
        Lora => new JsonObject { ["targets"] = new JsonArray("all-linear"), ["learning-rate"] = 5e-3, ["epochs"] = 30, ["max-steps"] = 300 },
        _ => null,
    };

    private static void Show(ReproductionContext context, List<NanoScores> groups, List<NanoScores> families)
    {
        context.Add(new Figure("Accuracy by labelled rows", "rows a label", "accuracy", [.. groups.Select(g => new Curve(g.Name, [.. NanoScores.Shots.Select((n, i) => CurvePoint.Of(n, new Measured(g.Name, g.ByShots[i])))]))]));
        context.Add(new ResultTable("Accuracy", ["task", "0", "1", "4", "16", "16, permuted"],
            [.. groups.Concat(families).Select(g => (IReadOnlyList<string>)[g.Name, .. g.ByShots.Select(Mean), Mean(g.Permuted)])]));
        context.Add(new ResultTable("With 16 rows a label", ["task", "8 at random", "8 nearest", "LoRA", "linear probe", "majority"],
            [.. groups.Concat(families).Select(g => (IReadOnlyList<string>)[g.Name, .. new[] { Random, Nearest, Lora, Probe, Majority }.Select(m => g.Fitted.TryGetValue(m, out var v) ? Mean(v) : "")])]));
    }

    /// <param name="groups">The families' mean, then the sets.</param>
    private static void Decide(ReproductionContext context, List<NanoScores> groups)
    {
        foreach (var (suffix, chosen) in new[] { ("", groups[..1]), ("-sets", groups[1..]) })
        {
            Compare("rises" + suffix, "16 − 0", g => g.ByShots[^1], g => g.ByShots[0], chosen, rising: true);
            Compare("permuted" + suffix, "true − permuted", g => g.ByShots[^1], g => g.Permuted, chosen);
            Compare("nearest" + suffix, "nearest − random", g => g.Fitted[Nearest], g => g.Fitted[Random], chosen);
        }
        Compare("lora-sets", "LoRA − majority", g => g.Fitted[Lora], g => g.Fitted[Majority], groups[1..]);
        Compare("probe-sets", "probe − majority", g => g.Fitted[Probe], g => g.Fitted[Majority], groups[1..]);

        void Compare(string claim, string name, Func<NanoScores, double[]> a, Func<NanoScores, double[]> b, List<NanoScores> chosen, bool rising = false)
        {
            Measured[] differences = [.. chosen.Select(g => Measured.Difference($"{g.Name}: {name}", new(g.Name, a(g)), new(g.Name, b(g))))];
            var held = chosen.Select((g, i) => differences[i].IsAbove() && (!rising || Rank(g) >= LeastRank)).ToList();
            var said = chosen.Select((g, i) => $"{g.Name}: {(held[i] ? "yes" : "no")}{(rising ? Text($", rank correlation {Rank(g):0.00}") : "")}");
            context.Decide(claim, held.TrueForAll(h => h), string.Join("; ", said), differences);
        }
    }

    /// <summary>Spearman's correlation of mean accuracy with rows a label.</summary>
    private static double Rank(NanoScores scores) => RankOrder.Of([.. NanoScores.Shots.Select(n => (double)n)], [.. scores.ByShots.Select(v => v.Average())]);

    private static string Mean(double[] values) => Text($"{100 * values.Average():0.0}%");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
