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

    /// <param name="step">The gradient step that is nearest to the learner on other sequences.</param>
    public void Add(int depth, AlgorithmDistances learner, GradientDescentRegressor step)
    {
        var d = Array.IndexOf(sizes.Depths, depth);
        rates[d].Add(step.Rate);
        for (var r = 0; r < References.Length; r++)
            distances[d][r].Add(learner.UnderDetermined(r == 0 ? step : Fixed[r - 1]));
        var curve = learner.ByPosition(Fixed[^1]);
        for (var i = 0; i < curve.Length; i++)
            curves[d][i].Add(curve[i]);
    }

    public void Report(ReproductionContext context)
    {
        var measured = ByDepth();
        context.Add(new ResultTable("MSPD/d to the reference predictors, by depth", ["blocks", .. References, "rate of the step", "nearest"], [.. sizes.Depths.Select((depth, d) => (IReadOnlyList<string>)
            [FormattableString.Invariant($"{depth}"), .. measured[d].Select(NumberText.Of), NumberText.Of(new Measured("rate", rates[d])), References[NearestReference.ByMean(measured[d])]])]));
        context.Add(new Figure("Squared prediction difference from least squares, by pairs seen", "pairs seen", "SPD/d", [.. sizes.Depths.Select((depth, d) =>
            new Curve(Blocks(depth), [.. curves[d].Select((v, i) => CurvePoint.Of(i, new Measured("", v)))]))]) { LogY = true });
        context.Add(new Figure("Distance from the reference predictors, by depth", "blocks", "MSPD/d", [.. References.Select((name, r) =>
            new Curve(name, [.. sizes.Depths.Select((depth, d) => CurvePoint.Of(depth, measured[d][r]))]))]) { LogX = true, LogY = true });
        Decide(context, measured);
    }

    private void Decide(ReproductionContext context, Measured[][] measured)
    {
        var nearest = measured.Select(NearestReference.ByMean).ToArray();
        var clear = measured.Zip(nearest, NearestReference.IsClear).ToArray();
        var transition = nearest[0] == 0 && nearest[^1] == References.Length - 1 && nearest.Zip(nearest.Skip(1), (a, b) => a <= b).All(rises => rises)
            && nearest[1..^1].All(n => n > 0);
        var seen = string.Join("; ", sizes.Depths.Select((depth, d) => $"{Blocks(depth)} nearest {References[nearest[d]]}{(clear[d] ? "" : ", not clearly")}"));
        context.Decide("depth", transition && clear.All(c => c), seen + ".", [.. measured.SelectMany((row, d) => NearestReference.Farther(row, nearest[d]).Select(f => f with { Name = $"{Blocks(sizes.Depths[d])}, {f.Name}" }))]);
        var toExact = measured.Select(row => row[^1]).ToArray();
        Measured[] steps = [.. toExact.Zip(toExact.Skip(1)).Select((pair, d) => Measured.Difference($"{Blocks(sizes.Depths[d + 1])} − {Blocks(sizes.Depths[d])}", pair.Second, pair.First))];
        var falls = steps.All(s => s.IsBelow(0));
        context.Decide("closer", falls, falls ? "Each added depth brings it nearer." : "It does not clearly fall at every depth.", [.. steps, .. toExact.Select((v, d) => v with { Name = $"{Blocks(sizes.Depths[d])}, MSPD/d to OLS" })]);
    }

    private Measured[][] ByDepth() => [.. distances.Select(row => row.Select((v, r) => new Measured(References[r], v)).ToArray())];

    private static string Blocks(int depth) => depth == 1 ? "1 block" : FormattableString.Invariant($"{depth} blocks");
}
