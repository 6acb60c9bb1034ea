using System.Globalization;
using Attune.Evaluation.Statistics;
using Attune.Reproductions;
using Attune.Training.Pretraining;
using CurvePoint = Attune.Reproductions.CurvePoint;

namespace Attune.Cli.Terminal;

/// <summary>curves.html: the course of a training, with the report's charts.</summary>
internal static class CurvesPage
{
    private static readonly int[] ShotsOverSteps = [0, 1, 4, 16, 32];

    public static string Render(PretrainingPlan plan, TrainingCurves curves)
    {
        var last = curves.Points.Count > 0 ? curves.Points[^1].Step : 0;
        var setting = string.Create(CultureInfo.InvariantCulture, $"{plan.Configuration["model_type"]} · steps up to {last:#,0} of {plan.Steps:#,0} · {plan.TokensPerStep:#,0} tokens a step");
        return FigurePage.Render("Attune training", plan.Name, setting,
        [
            new FigureSection("loss", "Loss", "Mean −ln p in nats a token. Points are means over some steps in a row; held-out documents are never trained on.", Loss(curves)),
            new FigureSection("context", "Learning in context", "Share of labels of held-out episodes that are likeliest among the episode's labels, by the labelled rows before them, with 95% intervals (Wilson); labels count by their first token, or by all where first tokens do not differ.", Context(curves)),
            new FigureSection("position", "Loss by position", "Of the last evaluation: the loss of tokens by how many stand before them in their document.", Positions(curves)),
            new FigureSection("steps", "Steps", "", Steps(curves)),
        ]);
    }

    private static List<Figure> Loss(TrainingCurves curves)
    {
        if (curves.Points.Count == 0)
            return [];
        var trained = new List<Curve> { new("all tokens", [.. curves.Points.Select(p => new CurvePoint(p.Step, p.Loss))]) };
        if (curves.Points.Any(p => !double.IsNaN(p.LabelLoss)))
            trained.Add(new Curve("tokens of labels", [.. curves.Points.Where(p => !double.IsNaN(p.LabelLoss)).Select(p => new CurvePoint(p.Step, p.LabelLoss))]));
        var figures = new List<Figure> { new("Training", "step", "nats a token", trained) };
        if (curves.Evaluations.Count > 0)
            figures.Add(new Figure("Held-out documents", "step", "nats a token", [.. Sets(curves).Select(s => new Curve(s, [.. Of(curves, s).Select(r => new CurvePoint(r.Step, r.Result.Loss))]))]));
        return figures;
    }

    private static List<Figure> Context(TrainingCurves curves)
    {
        if (curves.Last is not { } last || last.Sets.All(s => s.ByShots.Count == 0))
            return [];
        var measured = last.Sets.Where(s => s.ByShots.Count > 0).ToList();
        var byShots = measured.Select(s => new Curve(s.Set, [.. s.ByShots.Select(a => Point(a.Shots, a))])).ToList();
        byShots.AddRange(measured.Select(s => new Curve($"{s.Set}: chance", [.. s.ByShots.Select(a => new CurvePoint(a.Shots, a.Chance))])));
        var figures = new List<Figure> { new(string.Create(CultureInfo.InvariantCulture, $"Accuracy by shots at step {last.Step:#,0}"), "labelled rows before", "share right", byShots) };
        figures.AddRange(measured.Select(s => new Figure(s.Set, "step", "share right",
        [
            .. ShotsOverSteps.Where(n => s.ByShots.Any(a => a.Shots == n)).Select(n => new Curve(
                string.Create(CultureInfo.InvariantCulture, $"{n} shots"), [.. Of(curves, s.Set).SelectMany(r => r.Result.ByShots.Where(a => a.Shots == n).Select(a => Point(r.Step, a)))])),
        ])));
        return figures;
    }

    private static List<Figure> Positions(TrainingCurves curves) => curves.Last is not { } last || last.Sets.Count == 0 ? []
        : [new Figure("Loss by position", "tokens before + 1", "nats a token", [.. last.Sets.Select(s => new Curve(s.Set, [.. s.ByPosition.Select(p => new CurvePoint((p.From + p.Until) / 2.0 + 1, p.Loss))]))]) { LogX = true }];

    private static List<Figure> Steps(TrainingCurves curves) => curves.Points.Count == 0 ? [] :
    [
        new Figure("Norm of the gradients", "step", "before clipping", [new Curve("norm", [.. curves.Points.Select(p => new CurvePoint(p.Step, p.Norm))])]) { LogY = true },
        new Figure("Learning rate", "step", "rate", [new Curve("rate", [.. curves.Points.Select(p => new CurvePoint(p.Step, p.Rate))])]),
    ];

    private static CurvePoint Point(double x, ShotAccuracy accuracy)
    {
        var interval = Proportions.Wilson(accuracy.Right, accuracy.Count);
        return new CurvePoint(x, accuracy.Share, interval.Low, interval.High);
    }

    private static IEnumerable<string> Sets(TrainingCurves curves) => curves.Evaluations.SelectMany(e => e.Sets).Select(s => s.Set).Distinct();

    private static IEnumerable<(int Step, HeldOutResult Result)> Of(TrainingCurves curves, string set) =>
        curves.Evaluations.SelectMany(e => e.Sets.Where(s => s.Set == set).Select(s => (e.Step, s)));
}
