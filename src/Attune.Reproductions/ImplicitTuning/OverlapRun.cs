using System.Globalization;
using Attune.Models.Architectures;
using Attune.Models.Loading;
using Attune.Reproductions.Texts;

namespace Attune.Reproductions.ImplicitTuning;

/// <summary>All tasks and sets of demonstrations of a run.</summary>
internal static class OverlapRun
{
    /// <summary>What of each field is read.</summary>
    private const int Characters = 160;

    private static readonly double[] Rates = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03];

    /// <summary>[set of demonstrations][task].</summary>
    public static IReadOnlyList<IReadOnlyList<OverlapScores>> Run(ReproductionContext context)
    {
        if (context.Scale == RunScale.Smoke)
        {
            using var tiny = TinyTask.Model(context.Random(0, "tiny model"));
            return Of(context, tiny, ["tiny"], _ => TinyTask.Create(context.Random(0, "tiny task"), 40));
        }
        using var model = ModelLoader.LoadLanguageModel(context.Model("smollm2-135m-instruct"), cacheBytes: 1 << 20);
        return Of(context, model.Transformer, context.At<string[]>([], ["sst2", "subj", "agnews"], ["sst2", "subj", "agnews", "mpqa"]), name => PromptTask.Read(context.Data(name), model, Characters));
    }

    public static ResultTable Show(IReadOnlyList<IReadOnlyList<OverlapScores>> scores)
    {
        (string, Func<OverlapScores, double>)[] rows =
        [
            ("accuracy without demonstrations", s => s.Zero), ("accuracy with demonstrations", s => s.InContext), ("accuracy tuned", s => s.Tuned), ("accuracy tuned on permuted labels", s => s.PermutedTuned),
            ("cosine of updates", s => s.Updates), ("… permuted labels", s => s.PermutedUpdates), ("… random", s => s.RandomUpdates),
            ("cosine of attention after tuning", s => s.MapsAfter), ("… permuted labels", s => s.PermutedMapsAfter), ("… before", s => s.MapsBefore),
            ("Kendall's τ", s => s.Kendall), ("… permuted labels", s => s.PermutedKendall), ("… random", s => s.RandomKendall),
        ];
        var tasks = scores[0].Count;
        return new ResultTable("Means over sets of demonstrations, by task in the order of the settings", ["", .. Enumerable.Range(1, tasks).Select(t => "task " + t.ToString(CultureInfo.InvariantCulture))],
            [.. rows.Select(r => (IReadOnlyList<string>)[r.Item1, .. Enumerable.Range(0, tasks).Select(t => scores.Average(s => r.Item2(s[t])).ToString("0.000", CultureInfo.InvariantCulture))])]);
    }

    private static IReadOnlyList<IReadOnlyList<OverlapScores>> Of(ReproductionContext context, CausalLanguageModel model, string[] tasks, Func<string, PromptTask> read)
    {
        var (shots, count) = (context.At(6, 16, 16), context.At(8, 100, 400));
        context.Setting("demonstrations", shots);
        context.Setting("queries", count);
        var sets = Enumerable.Range(0, context.Seeds).Select(_ => new List<OverlapScores>()).ToArray();
        for (var t = 0; t < tasks.Length; t++)
        {
            var task = read(tasks[t]);
            using var cell = new OverlapCell(model, task, task.Test(count, context.Random(0, tasks[t] + " queries")), context.Cancel);
            context.Progress(0.5 + 0.5 * t / tasks.Length, tasks[t] + ", choosing the rate");
            var rate = Rate(context, cell, task, tasks[t], shots);
            context.Setting($"task {(t + 1).ToString(CultureInfo.InvariantCulture)}", string.Create(CultureInfo.InvariantCulture, $"{tasks[t]}, rate {rate}"));
            for (var set = 0; set < sets.Length; set++)
            {
                context.Progress(0.5 + 0.5 * (t + (set + 1.0) / (sets.Length + 1)) / tasks.Length, string.Create(CultureInfo.InvariantCulture, $"{tasks[t]}, set {set}"));
                sets[set].Add(cell.Measure(task.Train([shots], context.Random(set, tasks[t] + " demonstrations")), rate, context.Random(set, tasks[t] + " controls")));
            }
        }
        return sets;
    }

    /// <summary>On rows of the training file under a seed that no set has.</summary>
    private static double Rate(ReproductionContext context, OverlapCell cell, PromptTask task, string name, int shots)
    {
        var rows = task.Train([shots, shots + context.At(4, 32, 64)], context.Random(context.Seeds, name + " demonstrations"));
        return cell.ChooseRate(context.At<double[]>([0.01], Rates, Rates), [.. rows.Take(shots)], [.. rows.Skip(shots)]);
    }
}
