using System.Globalization;

namespace Attune.Reproductions.SoftmaxRegression;

/// <summary>Figures and tables of heads on linear regression.</summary>
internal static class HeadExhibits
{
    public static void Add(ReproductionContext context, HeadPlan plan, HeadTraining[] trained, HeadErrors[][] errors)
    {
        context.Add(new Figure("Error by training step", "step", "squared error without noise",
            [.. plan.Heads.Select((heads, n) => new Curve(Heads(heads), [.. trained[0].Curve.Select((p, i) =>
                CurvePoint.Of(p.Step, new Measured("", [.. trained.Select(t => t.Curve[i].Errors[n])])))]))]) { LogX = true, LogY = true });
        context.Add(Lengths(plan, errors));
        context.Add(new ResultTable("Errors at the length trained on (mean over seeds, without the target's noise)", ["predictor", "error"], [.. Predictors(plan, errors)]));
        context.Add(new ResultTable("Circuits of the first seed (ω within the score's 1/√(d+1))",
            ["net", "ω", "μ", "off the diagonal", "spread of the diagonal", "OV outside the label"],
            [.. plan.Heads.SelectMany((heads, n) => trained[0].Softmax.Circuits(n).Select(h => (IReadOnlyList<string>)
                [Heads(heads), Text(h.Omega), Text(h.Mu), Text(h.OffDiagonal), Text(h.Inhomogeneity), Text(h.ValueOutside)]))]));
    }

    private static Figure Lengths(HeadPlan plan, HeadErrors[][] errors)
    {
        Curve Of(string name, Func<HeadErrors, double> measure) =>
            new(name, [.. errors[0].Select((e, i) => CurvePoint.Of(e.Length, new Measured("", [.. errors.Select(seed => measure(seed[i]))])))]);
        return new Figure("Error by length of the context", "examples in the context", "squared error without noise",
        [
            .. plan.Heads.Take(2).Select((heads, n) => Of(Heads(heads), e => e.Softmax[n])),
            Of("linear, trained scale", e => e.LinearSum), Of("linear, by length", e => e.LinearMean), Of("Bayes", e => e.Ridge),
        ]) { LogX = true, LogY = true };
    }

    private static IEnumerable<IReadOnlyList<string>> Predictors(HeadPlan plan, HeadErrors[][] errors)
    {
        string Mean(Func<HeadErrors, double> measure) => Text(errors.Average(seed => measure(seed.First(e => e.Length == plan.Task.Length))));
        foreach (var (heads, n) in plan.Heads.Select((h, n) => (h, n)))
            yield return [Heads(heads), Mean(e => e.Softmax[n])];
        yield return ["linear attention", Mean(e => e.LinearMean)];
        yield return ["debiased step, best size", Mean(e => e.DebiasedStep)];
        yield return ["gradient step, best size", Mean(e => e.GradientStep)];
        yield return ["ridge (Bayes)", Mean(e => e.Ridge)];
    }

    private static string Heads(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} head{(count == 1 ? "" : "s")}");

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
