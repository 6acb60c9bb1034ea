using System.Globalization;

namespace Attune.Reproductions.ModelAveraging;

/// <summary>The tables and figures of a run; outcomes come as [learner of the plan][seed].</summary>
internal static class AveragingExhibits
{
    public static void Add(ReproductionContext context, AveragingPlan plan, ExactRegret[] exact, LearnerOutcome[][] outcomes)
    {
        context.Add(new ResultTable($"T·regret of exact averaging: {ExactRegret.Concepts} concepts, cap ln {ExactRegret.Concepts} = {Text(Math.Log(ExactRegret.Concepts), "0.000")}", ["T", "mean", "known simulation", "against the true concept"],
            [.. ExactRegret.Known.Select(k => (IReadOnlyList<string>)
                [Text(k.Time, "0"), Text(exact.Average(e => e.Mean[k.Time - 1]), "0.000"), Text(k.Total, "0.000"), Text(exact.Average(e => e.TruthMean[k.Time - 1]), "0.000")])]));
        context.Add(new ResultTable("Learners", ["layers", "training tokens", "mean KL from exact averaging", "at the last position", $"T·regret at T = {plan.Length}", "of exact averaging"],
            [.. outcomes.Select(seeds => (IReadOnlyList<string>)
            [
                Text(seeds[0].Size.Layers, "0"), Tokens(plan, seeds[0].Size), Text(seeds.Average(s => s.Error), "0.0000"), Text(seeds.Average(s => s.Divergence[^1]), "0.0000"),
                Text(seeds.Average(s => s.Total[^1]), "0.000"), Text(seeds.Average(s => s.ExactTotal[^1]), "0.000"),
            ])]));
        var fresh = outcomes.Where(s => s[0].Size.Sequences == 0).OrderBy(s => s[0].Size.Layers).ToArray();
        context.Add(new Figure("T·regret of learners by depth", "T", "T·regret, nats",
            [.. fresh.Select(s => Curve.Of(Layers(s[0].Size), [.. s.Select(o => o.Total)], first: 1)), Curve.Of("exact averaging", [.. fresh[0].Select(o => o.ExactTotal)], first: 1), Cap(plan)]));
        context.Add(new Figure("Average regret", "T", "regret, nats", [.. new[] { fresh[^1] }.Select(s => Curve.Of(Layers(s[0].Size), [.. s.Select(o => PerExample(o.Total))], first: 1)), Curve.Of("exact averaging", [.. fresh[^1].Select(o => PerExample(o.ExactTotal))], first: 1)])
        { LogX = true, LogY = true });
        context.Add(new Figure("Divergence from exact averaging", "examples", "KL, nats", [.. outcomes.Select(s => Curve.Of($"{Layers(s[0].Size)}, {Tokens(plan, s[0].Size)} tokens", [.. s.Select(o => o.Divergence)], first: 1))]) { LogY = true });
        context.Add(ByTokens(plan, [.. outcomes.Where(s => s[0].Size.Layers == plan.SetDepth)]));
    }

    /// <summary>"65,536", or with a note that no sequence came twice.</summary>
    public static string Tokens(AveragingPlan plan, LearnerSize size) => Text(plan.Tokens(size), "#,0") + (size.Sequences == 0 ? " (fresh)" : "");

    private static Figure ByTokens(AveragingPlan plan, LearnerOutcome[][] outcomes) => new("Error by tokens of pretraining", "tokens", "mean KL, nats",
        [new Curve($"{plan.SetDepth} layers", [.. outcomes.OrderBy(s => plan.Tokens(s[0].Size)).Select(s => CurvePoint.Of(plan.Tokens(s[0].Size), new Measured("KL", [.. s.Select(o => o.Error)])))])]) { LogX = true, LogY = true };

    private static Curve Cap(AveragingPlan plan) => new("ln |Z|", [new CurvePoint(1, Math.Log(plan.Concepts)), new CurvePoint(plan.Length, Math.Log(plan.Concepts))]);

    private static double[] PerExample(double[] total) => [.. total.Select((r, t) => r / (t + 1))];

    private static string Layers(LearnerSize size) => size.Layers == 1 ? "1 layer" : Text(size.Layers, "0") + " layers";

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
