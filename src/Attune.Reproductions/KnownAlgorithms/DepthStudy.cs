namespace Attune.Reproductions;

/// <summary>Which reference predictor a learner without noise is nearest to, by depth (Akyürek et al. 2023, figures 1 and 3).</summary>
internal sealed class DepthStudy(AlgorithmSizes sizes)
{
    /// <summary>From the simplest algorithm to the exact one.</summary>
    public static readonly string[] References = ["one GD step", "ridge 0.5", "ridge 0.1", "OLS"];

    private static readonly IRegressor[] Fixed = [new RidgeRegressor(0.5), new RidgeRegressor(0.1), new LeastSquaresRegressor()];

    /// <summary>[depth][reference]: MSPD/d by seed.</summary>
    private readonly List<double>[][] distances = [.. sizes.Depths.Select(_ => References.Select(_ => new List<double>()).ToArray())];

    /// <summary>[depth][position]: SPD/d to least squares by seed.</summary>
    private readonly List<double>[][] curves = [.. sizes.Depths.Select(_ => Enumerable.Range(0, sizes.Pairs).Select(_ => new List<double>()).ToArray())];

    private readonly List<double>[] rates = [.. sizes.Depths.Select(_ => new List<double>())];

    public void Add(int depth, AlgorithmDistances learner)
    {
        var d = Array.IndexOf(sizes.Depths, depth);
        var step = learner.NearestStep();
        rates[d].Add(step.Rate);
        for (var r = 0; r < References.Length; r++)
            distances[d][r].Add(learner.UnderDetermined(r == 0 ? step : Fixed[r - 1]));
        var curve = learner.ByPosition(Fixed[^1]);
        for (var i = 0; i < curve.Length; i++)
            curves[d][i].Add(curve[i]);
    }

    public void Report(ReproductionContext context)
    {
        var measured = Measured();
        context.Add(new ResultTable("MSPD/d to the reference predictors, by depth", ["blocks", .. References, "rate of the step", "nearest"], [.. sizes.Depths.Select((depth, d) => (IReadOnlyList<string>)
            [FormattableString.Invariant($"{depth}"), .. measured[d].Select(NumberText.Of), NumberText.Of(new Measured("rate", rates[d])), References[Nearest(measured[d])]])]));
        context.Add(new Figure("Squared prediction difference from least squares, by pairs seen", "pairs seen", "SPD/d", [.. sizes.Depths.Select((depth, d) =>
            new Curve(Blocks(depth), [.. curves[d].Select((v, i) => CurvePoint.Of(i, new Measured("", v)))]))]) { LogY = true });
        context.Add(new Figure("Distance from the reference predictors, by depth", "blocks", "MSPD/d", [.. References.Select((name, r) =>
            new Curve(name, [.. sizes.Depths.Select((depth, d) => CurvePoint.Of(depth, measured[d][r]))]))]) { LogX = true, LogY = true });
        Decide(context, measured);
    }

    private void Decide(ReproductionContext context, Measured[][] measured)
    {
        var nearest = measured.Select(Nearest).ToArray();
        var transition = nearest[0] == 0 && nearest[^1] == References.Length - 1 && nearest.Zip(nearest.Skip(1), (a, b) => a <= b).All(rises => rises)
            && nearest[1..^1].All(n => n > 0);
        var seen = string.Join("; ", sizes.Depths.Select((depth, d) => $"{Blocks(depth)} nearest {References[nearest[d]]}"));
        context.Decide("depth", transition, seen + ".", [.. measured.SelectMany((row, d) => row.Select((v, r) => v with { Name = $"{Blocks(sizes.Depths[d])}, {References[r]}" }))]);
        var toExact = measured.Select(row => row[^1]).ToArray();
        var falls = toExact.Zip(toExact.Skip(1), (a, b) => b.Mean < a.Mean).All(f => f);
        context.Decide("closer", falls, falls ? "Each added depth brings it nearer." : "It does not fall at every depth.", [.. toExact.Select((v, d) => v with { Name = $"{Blocks(sizes.Depths[d])}, MSPD/d to OLS" })]);
    }

    private Measured[][] Measured() => [.. distances.Select(row => row.Select((v, r) => new Measured(References[r], v)).ToArray())];

    private static int Nearest(Measured[] row) => Array.IndexOf(row, row.MinBy(m => m.Mean));

    private static string Blocks(int depth) => depth == 1 ? "1 block" : FormattableString.Invariant($"{depth} blocks");
}
