using System.Globalization;
using Attune.Models.Architectures;
using Attune.Models.Loading;
using Attune.Reproductions.Texts;

namespace Attune.Reproductions.ImplicitTuning;

/// <summary>All tasks and sets of demonstrations of a run, and the model that reads them.</summary>
internal sealed class OverlapRun : IDisposable
{
    private readonly ReproductionContext context;
    private readonly OverlapPlan plan;
    private readonly CausalLanguageModel model;
    private readonly IDisposable owner;
    private readonly IReadOnlyList<PromptTask> tasks;

    private OverlapRun(ReproductionContext context, OverlapPlan plan, CausalLanguageModel model, IDisposable owner, Func<string, PromptTask> read) =>
        (this.context, this.plan, this.model, this.owner, tasks) = (context, plan, model, owner, [.. plan.Tasks.Select(read)]);

    /// <exception cref="MissingNeedException">The model or a data set is not there.</exception>
    public static OverlapRun Open(ReproductionContext context, OverlapPlan plan)
    {
        if (context.Scale == RunScale.Smoke)
        {
            var tiny = TinyTask.Model(context.Random(0, "tiny model"));
            return new OverlapRun(context, plan, tiny, tiny, _ => TinyTask.Create(context.Random(0, "tiny task"), 40));
        }
        var paths = plan.Tasks.ToDictionary(t => t, context.Data);
        var model = ModelLoader.LoadLanguageModel(context.Model("smollm2-135m-instruct"), cacheBytes: 1 << 20);
        return new OverlapRun(context, plan, model.Transformer, model, name => PromptTask.Read(paths[name], model, plan.Characters));
    }

    /// <summary>The dual form's error with the model's own maps (<see cref="ModelDual"/>), on the first task.</summary>
    public double DualError() => ModelDual.Error(model, tasks[0], tasks[0].Train([plan.DualShots], context.Random(0, "dual demonstrations")), tasks[0].Test(1, context.Random(0, "dual query"))[0], context.Random(0, "dual order"));

    /// <summary>[set of demonstrations][task].</summary>
    public IReadOnlyList<IReadOnlyList<OverlapScores>> Measure()
    {
        var sets = Enumerable.Range(0, context.Seeds).Select(_ => new List<OverlapScores>()).ToArray();
        foreach (var (t, task) in tasks.Index())
        {
            var name = plan.Tasks[t];
            using var cell = new OverlapCell(model, task, context.Cancel);
            context.Progress(0.5 * t / tasks.Count, name + ", choosing the rate");
            var rate = Rate(cell, task, name);
            context.Setting($"rate of {name}", rate);
            for (var set = 0; set < sets.Length; set++)
            {
                context.Progress(0.5 * (t + (set + 1.0) / (sets.Length + 1)) / tasks.Count, string.Create(CultureInfo.InvariantCulture, $"{name}, set {set}"));
                sets[set].Add(cell.Measure(task.Test(plan.Queries, context.Random(set, name + " queries")), task.Train([plan.Shots], context.Random(set, name + " demonstrations")), rate, context.Random(set, name + " controls")));
            }
        }
        return sets;
    }

    public ResultTable Show(IReadOnlyList<IReadOnlyList<OverlapScores>> scores)
    {
        (string, Func<OverlapScores, double>)[] rows =
        [
            ("accuracy without demonstrations", s => s.Zero), ("accuracy with demonstrations", s => s.InContext), ("accuracy tuned", s => s.TunedRight), ("accuracy tuned on permuted labels", s => s.PermutedRight),
            ("queries that tuning turned right", s => s.Tuned.Queries.Count), ("… of which demonstrations did", s => s.Tuned.Recalled), ("demonstrations' share of all wrong ones", s => s.TurnedByDemonstrations),
            ("cosine of updates", s => s.Updates), ("… permuted labels", s => s.PermutedUpdates), ("… random", s => s.RandomUpdates),
            ("cosine of attention after tuning", s => s.MapsAfter), ("… permuted labels", s => s.PermutedMapsAfter), ("… before", s => s.MapsBefore),
            ("Kendall's τ", s => s.Kendall), ("… permuted labels", s => s.PermutedKendall), ("… random", s => s.RandomKendall),
        ];
        return new ResultTable("Means over sets of demonstrations", ["", .. plan.Tasks],
            [.. rows.Select(r => (IReadOnlyList<string>)[r.Item1, .. Enumerable.Range(0, tasks.Count).Select(t => scores.Average(s => r.Item2(s[t])).ToString("0.000", CultureInfo.InvariantCulture))])]);
    }

    public void Dispose() => owner.Dispose();

    /// <summary>On rows of the training file under a seed that no set has.</summary>
    private double Rate(OverlapCell cell, PromptTask task, string name)
    {
        var rows = task.Train([plan.Shots, plan.Shots + plan.RateRows], context.Random(context.Seeds, name + " demonstrations"));
        return cell.ChooseRate(plan.Rates, [.. rows.Take(plan.Shots)], [.. rows.Skip(plan.Shots)]);
    }
}
