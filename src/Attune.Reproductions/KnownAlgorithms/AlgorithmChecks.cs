namespace Attune.Reproductions;

/// <summary>What must hold in S187 at any scale: identities of the reference predictors, and the hand-built weights.</summary>
internal static class AlgorithmChecks
{
    /// <summary>How far hand-built weights may be from the algorithm that they run, in float64.</summary>
    public const double ExactBound = 1e-9;

    /// <summary>What a tenth of the scale may divide the error of GELU products by; the series says 100.</summary>
    public const double LeastRatio = 50, MostRatio = 200;

    private const int Dimensions = 4, Pairs = 7;
    private const double Rate = 0.03, Lambda = 0.25;

    public static void Run(ReproductionContext context)
    {
        var random = context.Random(0, "checks");
        var noisy = RegressionSequence.Draw(random, Dimensions, Pairs, Math.Sqrt(Lambda));
        var clean = RegressionSequence.Draw(random, Dimensions, Pairs);
        context.Check("ridge(σ²/τ²) is the posterior mean", Distance(new RidgeRegressor(Lambda).Weights(noisy.X, noisy.Y, Dimensions), Posterior(noisy)), 1e-8);
        foreach (var pairs in new[] { 2, Pairs })
            context.Check(
                FormattableString.Invariant($"ridge(λ → 0) is least squares of minimum norm, {pairs} pairs"),
                Distance(new RidgeRegressor(1e-10).Weights(clean.X.AsSpan(0, pairs * Dimensions), clean.Y.AsSpan(0, pairs), Dimensions), LeastSquares.Solve(clean.X.AsSpan(0, pairs * Dimensions), clean.Y.AsSpan(0, pairs), Dimensions)), 1e-7);
        var exact = clean.Predictions(new LeastSquaresRegressor());
        context.Check("least squares without noise has no error from d pairs on", Enumerable.Range(Dimensions, Pairs - Dimensions).Max(i => Math.Abs(exact[i] - clean.Y[i])), 1e-8);
        IRegressor[] all = [new LeastSquaresRegressor(), new RidgeRegressor(Lambda), new GradientDescentRegressor(Rate), new OnePassRegressor(Rate), new NearestRegressor()];
        context.Check("every predictor says 0 before the first pair", all.Max(r => Math.Abs(noisy.Predictions(r)[0])), 0);
        context.Check("ILWD of linear predictors is the distance of their weights", ImplicitDistance(noisy, random), 1e-9);
        var built = HandBuilt(context, noisy);
        context.Decide(
            "exact", built.Gradient <= ExactBound && built.Ridge <= ExactBound && built.Ratios.All(r => r is >= LeastRatio and <= MostRatio),
            "Two blocks a pair run a gradient step, four a Sherman–Morrison step, with LayerNorm and softmax attention, in float64; by GELU products at scales 0.01 and 0.001 the error shrinks by the ratios given.",
            new Measured("largest error, gradient steps", [built.Gradient]), new Measured("largest error, Sherman–Morrison steps", [built.Ridge]),
            new Measured("ratio of errors by GELU, gradient steps", [built.Ratios[0]]), new Measured("the same, Sherman–Morrison steps", [built.Ratios[1]]));
    }

    private static (double Gradient, double Ridge, double[] Ratios) HandBuilt(ReproductionContext context, RegressionSequence sequence)
    {
        var (steps, ridge) = (sequence.Predictions(new OnePassRegressor(Rate, Lambda)), sequence.Predictions(new RidgeRegressor(Lambda)));
        double Gradient(double? scale) => Largest(HandBuiltRegressor.GradientSteps(new double[Dimensions], Pairs, Rate, Lambda, scale).Predict(sequence), steps);
        double Ridge(double? scale) => Largest(HandBuiltRegressor.ShermanMorrison(Dimensions, Pairs, Lambda, scale).Predict(sequence), ridge);
        var (gradient, closed) = (Gradient(null), Ridge(null));
        context.Check("hand-built gradient steps", gradient, ExactBound);
        context.Check("hand-built Sherman–Morrison steps", closed, ExactBound);
        foreach (var (scale, bound) in new[] { (0.1, 3e-3), (0.01, 3e-5) })
            context.Check(FormattableString.Invariant($"0.7·(−1.3) by GELU at scale {scale}, relative"), Math.Abs((HandTransformer.GeluProduct(0.7, -1.3, scale) / (0.7 * -1.3)) - 1), bound);
        return (gradient, closed, [Gradient(0.01) / Gradient(0.001), Ridge(0.01) / Ridge(0.001)]);
    }

    private static double[] Posterior(RegressionSequence s)
    {
        var posterior = new GaussianPosterior(Dimensions, 1, Lambda);
        for (var i = 0; i < s.Length; i++)
            posterior.Add(s.Input(i), s.Y[i]);
        return posterior.Mean.ToArray();
    }

    private static double ImplicitDistance(RegressionSequence s, Tensors.SeededRandom random)
    {
        var fresh = RegressionSequence.Draw(random, Dimensions, 4 * Dimensions);
        LinearRegressor[] two = [new RidgeRegressor(Lambda), new GradientDescentRegressor(Rate)];
        var own = two.Select(r => r.Weights(s.X, s.Y, Dimensions)).ToArray();
        var implied = two.Select(r => PredictionDistance.ImplicitWeights(fresh.X, [.. Enumerable.Range(0, fresh.Length).Select(i => r.Predict(s.X, s.Y, fresh.Input(i)))], Dimensions, out _)).ToArray();
        return Math.Abs(PredictionDistance.OfWeights(own[0], own[1]) - PredictionDistance.OfWeights(implied[0], implied[1]));
    }

    private static double Distance(double[] a, double[] b) => Math.Sqrt(PredictionDistance.OfWeights(a, b));

    private static double Largest(double[] a, double[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max();
}
