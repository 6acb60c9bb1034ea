using System.Globalization;

namespace Attune.Reproductions.SoftmaxRegression;

/// <summary>Figures and tables of heads on linear regression.</summary>
internal static class HeadExhibits
{
    public static void Add(ReproductionContext context, HeadPlan plan, HeadTraining[] trained, HeadErrors[][] errors)
    {
        context.Add(new Figure("Error by training step", "step", "squared error without noise",
            [.. plan.Sizes.Select(heads => new Curve(Heads(heads), [.. trained[0].Curve.Select((p, i) =>
                CurvePoint.Of(p.Step, new Measured("", [.. trained.Select(t => t.Curve[i].Errors[t.Best(heads)])])))]))]) { LogX = true, LogY = true });
        context.Add(Lengths(trained, errors));
        context.Add(new ResultTable("Errors at the length trained on (best of the starts, mean over seeds, without the target's noise)", ["predictor", "error"], [.. Predictors(plan, trained, errors)]));
        context.Add(new ResultTable("Circuits of all nets of the first seed (ω within the score's 1/√(d+1))",
            ["net", "ω", "μ", "off the diagonal", "spread of the diagonal", "OV outside the label"],
            [.. plan.Heads.SelectMany((heads, n) => trained[0].Softmax.Circuits(n).Select(h => (IReadOnlyList<string>)
                [string.Create(CultureInfo.InvariantCulture, $"{n + 1}: {Heads(heads)}"), Text(h.Omega), Text(h.Mu), Text(h.OffDiagonal), Text(h.Inhomogeneity), Text(h.ValueOutside)]))]));
    }

    private static Figure Lengths(HeadTraining[] trained, HeadErrors[][] errors)
    {
        Curve Of(string name, Func<HeadErrors, HeadTraining, double> measure) =>
            new(name, [.. errors[0].Select((e, i) => CurvePoint.Of(e.Length, new Measured("", [.. errors.Select((seed, s) => measure(seed[i], trained[s]))])))]);
        return new Figure("Error by length of the context", "examples in the context", "squared error without noise",
        [
            Of(Heads(1), (e, t) => e.Softmax[t.Best(1)]), Of(Heads(2), (e, t) => e.Softmax[t.Best(2)]),
            Of("linear, trained scale", (e, _) => e.LinearSum), Of("linear, by length", (e, _) => e.LinearMean), Of("Bayes", (e, _) => e.Ridge),
        ]) { LogX = true, LogY = true };
    }

    private static IEnumerable<IReadOnlyList<string>> Predictors(HeadPlan plan, HeadTraining[] trained, HeadErrors[][] errors)
    {
        var here = errors.Select(seed => seed.First(e => e.Length == plan.Task.Length)).ToArray();
        foreach (var heads in plan.Sizes)
            yield return [Heads(heads), Text(here.Select((e, s) => e.Softmax[trained[s].Best(heads)]).Average())];
        yield return ["linear attention", Text(here.Average(e => e.LinearMean))];
        yield return ["debiased step, best size", Text(here.Average(e => e.DebiasedStep))];
        yield return ["gradient step, best size", Text(here.Average(e => e.GradientStep))];
        yield return ["ridge (Bayes)", Text(here.Average(e => e.Ridge))];
    }

    private static string Heads(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} head{(count == 1 ? "" : "s")}");

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
