using System.Globalization;

namespace Attune.Reproductions.InductionHeads;

/// <summary>Figures and tables of the growth of induction heads.</summary>
internal static class InductionExhibits
{
    public static void Add(ReproductionContext context, InductionGrid grid)
    {
        foreach (var scalar in (bool[])[false, true])
            context.Add(Growth(scalar ? "Two attention numbers on novel classes" : "The net on novel classes", grid.Novel(scalar)));
        foreach (var scalar in (bool[])[false, true])
            context.Add(Map(grid, scalar, scalar ? "Two attention numbers: IC2 − IWL at the end" : "The net: IC2 − IWL at the end", t => t.ContextOverWeights));
        context.Add(Map(grid, false, "The net: IC accuracy on novel classes at the end", t => t.Final(p => p.InContext)));
        context.Add(Map(grid, true, "Two attention numbers: IC accuracy on novel classes at the end", t => t.Final(p => p.InContext)));
        context.Add(Nested(32, 8));
        context.Add(new ResultTable("When training on novel classes jumps (steps)", ["model", "seed", "context's labels (CLA)", "IC accuracy", "attention to the right label (TILA2)", "rise share"],
            [.. from scalar in (bool[])[false, true] from t in grid.Novel(scalar).Select((t, seed) => (Trace: t, Seed: seed))
                select (IReadOnlyList<string>)[scalar ? "two numbers" : "net", t.Seed.ToString(CultureInfo.InvariantCulture),
                    Text(t.Trace.Context), Text(t.Trace.Jump), Text(t.Trace.Head), Text(t.Trace.RiseShare)]]));
    }

    /// <summary>Gradient flow of the nested logits.</summary>
    private static Figure Nested(int labels, int items)
    {
        var loss = new NestedLogits(items, labels, items);
        var flow = loss.Flow(0.01, 0.1, 1000).Where((_, i) => i % 10 == 0).ToArray();
        Curve Of(string name, Func<(double Time, double Beta, double Alpha, double Xi), double> value) => new(name, [.. flow.Select(f => new CurvePoint(f.Time, value(f)))]);
        return new Figure("Nested logits under gradient flow", "time", "probability",
        [
            Of("right label", f => loss.Right(f.Beta, f.Alpha, f.Xi)), Of("attention to the right label (p)", f => loss.Attention(f.Beta, f.Alpha)),
            Of("attention to the item before (s)", f => Math.Exp(f.Beta) / (Math.Exp(f.Beta) + items)),
        ]);
    }

    private static Figure Growth(string title, InductionTrace[] traces)
    {
        Curve Of(string name, Func<LearningPoint, double> value) => new(name, [.. traces[0].Points.Select((p, i) =>
            CurvePoint.Of(p.Step, new Measured("", [.. traces.Select(t => value(t.Points[i]))])))]);
        return new Figure(title, "step", "share",
        [
            Of("IC accuracy", p => p.InContext), Of("CLA", p => p.AnyContextLabel), Of("ILA1", p => p.PreviousItem), Of("TLA2", p => p.TargetToLabels), Of("TILA2", p => p.TargetToCorrect),
        ]);
    }

    private static HeatMap Map(InductionGrid grid, bool scalar, string title, Func<InductionTrace, double> value)
    {
        var (classes, bursts) = (grid.Scale.Classes, grid.Scale.Burstiness);
        var values = new double[classes.Count, bursts.Count];
        for (var i = 0; i < classes.Count; i++)
            for (var j = 0; j < bursts.Count; j++)
                values[i, j] = grid.At(scalar, classes[i], bursts[j]).Average(value);
        return new HeatMap(title, "burstiness B", "classes K", [.. bursts.Select(Name)], [.. classes.Select(Name)], values);
    }

    private static string Name(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
