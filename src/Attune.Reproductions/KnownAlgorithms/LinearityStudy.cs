namespace Attune.Reproductions;

/// <summary>Whether a learner's prediction is linear in the query, and how far its implicit weights are from those of reference predictors (ILWD, Akyürek et al. 2023, section 4.1).</summary>
internal sealed class LinearityStudy(AlgorithmSizes sizes)
{
    private static readonly LinearRegressor[] References = [new RidgeRegressor(0.5), new RidgeRegressor(0.1), new LeastSquaresRegressor()];

    private readonly Dictionary<int, List<double>[]> values = [];

    /// <summary>Pairs seen: half of d, d, and twice d or what there is.</summary>
    private int[] Counts => [.. new[] { Math.Max(1, sizes.Dimensions / 2), sizes.Dimensions, Math.Min(2 * sizes.Dimensions, sizes.Pairs - 1) }.Distinct()];

    public void Add(ReproductionContext context, int seed, VectorLearner learner)
    {
        var (contexts, queries) = (Math.Max(5, sizes.TestSequences / 20), 4 * sizes.Dimensions);
        var random = context.Random(seed, "fresh queries");
        foreach (var count in Counts)
        {
            var task = sizes.Task() with { Pairs = count + 1 };
            var sums = new double[References.Length + 1];
            foreach (var known in task.Draw(random, contexts))
            {
                var fresh = RegressionSequence.Draw(random, known.Weights, queries);
                var asked = Enumerable.Range(0, queries).Select(q => Ask(known, fresh.Input(q))).ToArray();
                double[] predictions = [.. task.Predictions(learner, asked).Select(p => p[^1])];
                var implicitWeights = PredictionDistance.ImplicitWeights(fresh.X, predictions, sizes.Dimensions, out var fit);
                var (x, y) = (known.X.AsSpan(0, count * sizes.Dimensions).ToArray(), known.Y.AsSpan(0, count).ToArray());
                sums[^1] += fit / contexts;
                for (var r = 0; r < References.Length; r++)
                    sums[r] += PredictionDistance.OfWeights(implicitWeights, References[r].Weights(x, y, sizes.Dimensions)) / contexts;
            }
            var lists = values.TryGetValue(count, out var found) ? found : values[count] = [.. sums.Select(_ => new List<double>())];
            for (var i = 0; i < sums.Length; i++)
                lists[i].Add(sums[i]);
        }
    }

    public void Report(ReproductionContext context) => context.Add(new ResultTable(
        FormattableString.Invariant($"Implicit weights of the learner with {sizes.Deepest} blocks: ILWD, and how linear it is in the query"), ["pairs seen", .. References.Select(r => r.Name), "R² of the linear fit"],
        [.. Counts.Select(c => (IReadOnlyList<string>)[FormattableString.Invariant($"{c}"), .. values[c].Select(v => NumberText.Of(new Measured("", v)))])]));

    private static RegressionSequence Ask(RegressionSequence known, ReadOnlySpan<double> query)
    {
        var x = known.X.ToArray();
        query.CopyTo(x.AsSpan(x.Length - query.Length));
        return known with { X = x };
    }
}
