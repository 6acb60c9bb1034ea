using System.Globalization;

namespace Attune.Reproductions.GeneralLearner;

/// <summary>Tables, maps and curves of S188.</summary>
internal static class GeneralLearnerExhibits
{
    public static void Add(ReproductionContext context, LearnerSweep sweep, IReadOnlyDictionary<LearnerPlan, LearnerOutcome[]> outcomes, Dictionary<LearnerPlan, LearnerOutcome> mean)
    {
        context.Add(Map(sweep, mean, "Rise of accuracy on unseen tasks, first to last position", o => o.Unseen.Gain));
        context.Add(Map(sweep, mean, "Accuracy on seen tasks before any example", o => o.Seen.First));
        context.Add(Zones(sweep, mean));
        context.Add(Curves(context, sweep, outcomes));
        context.Add(States(sweep, mean));
    }

    private static HeatMap Map(LearnerSweep sweep, Dictionary<LearnerPlan, LearnerOutcome> mean, string title, Func<LearnerOutcome, double> value)
    {
        var values = new double[sweep.Widths.Length, sweep.Tasks.Length];
        for (var row = 0; row < sweep.Widths.Length; row++)
            for (var column = 0; column < sweep.Tasks.Length; column++)
                values[row, column] = value(mean[sweep.Cell(sweep.Tasks[column], sweep.Widths[row])]);
        return new HeatMap(title, "tasks", "width", [.. sweep.Tasks.Select(Text)], [.. sweep.Widths.Select(w => Text(w))], values);
    }

    private static ResultTable Zones(LearnerSweep sweep, Dictionary<LearnerPlan, LearnerOutcome> mean) => new(
        "Map of the transformers (mean over seeds; accuracy on unseen tasks from first to last position, and the zone)",
        ["width", .. sweep.Tasks.Select(k => Text(k) + " tasks")],
        [.. sweep.Widths.Select(w => (IReadOnlyList<string>)[Text(w), .. sweep.Tasks.Select(k => Describe(mean[sweep.Cell(k, w)], sweep.Chance))])]);

    private static string Describe(LearnerOutcome outcome, double chance) =>
        string.Create(CultureInfo.InvariantCulture, $"{outcome.Unseen.First:0.00} → {outcome.Unseen.Last:0.00}, {outcome.ZoneAt(chance).ToString().ToLowerInvariant()}");

    /// <summary>Accuracy by examples seen, with the rules that know nothing but the sequence.</summary>
    private static Figure Curves(ReproductionContext context, LearnerSweep sweep, IReadOnlyDictionary<LearnerPlan, LearnerOutcome[]> outcomes)
    {
        var best = sweep.Cell(sweep.Tasks[^1], sweep.Widths[^1]);
        TaskSequences[] unseen = [.. Enumerable.Range(0, context.Seeds).Select(seed => sweep.Training(context, sweep.Tasks[^1], seed).UnseenTest())];
        Curve Of(string name, LearnerPlan plan, Func<LearnerOutcome, PositionScores> scores) => Curve.Of(name, [.. outcomes[plan].Select(o => scores(o).Accuracy)]);
        Curve Rule(string name, Func<TaskSequences, int[]> rule) => Curve.Of(name, [.. unseen.Select(u => PrefixRules.Accuracy(u, rule(u)))]);
        var single = sweep.Cell(sweep.Tasks[0], sweep.Widths[^1]);
        return new Figure("Accuracy on unseen tasks by the examples seen", "examples seen", "accuracy",
        [
            Of("transformer, most tasks", best, o => o.Unseen), Of("the same, other base data", best, o => o.Foreign), Of("the same, seen tasks", best, o => o.Seen),
            Of("transformer, fewest tasks", single, o => o.Unseen), Of("the same, seen tasks", single, o => o.Seen), Of("LSTM", sweep.Lstms[^1], o => o.Unseen),
            Rule("nearest neighbour", PrefixRules.NearestNeighbour), Rule("nearest mean", PrefixRules.NearestMean), Rule("logistic regression", PrefixRules.LogisticRegression),
        ]);
    }

    private static ResultTable States(LearnerSweep sweep, Dictionary<LearnerPlan, LearnerOutcome> mean)
    {
        LearnerPlan[] plans = [.. sweep.Lstms, .. sweep.Windowed, .. sweep.Widths.Select(w => sweep.Cell(sweep.Tasks[^1], w))];
        return new ResultTable("State and parameters, with the most tasks", ["learner", "parameters", "state", "unseen, last", "other base data, last", "untransformed, last", "final loss"],
            [.. plans.Select(p => Row(p.Name(sweep.Sizes), mean[p]))]);
    }

    private static IReadOnlyList<string> Row(string name, LearnerOutcome o) =>
        [name, Text(o.Parameters), Text(o.StateSize), Share(o.Unseen.Last), Share(o.Foreign.Last), Share(o.Untransformed.Last), o.FinalLoss.ToString("0.000", CultureInfo.InvariantCulture)];

    private static string Share(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
