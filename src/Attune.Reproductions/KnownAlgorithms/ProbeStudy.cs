namespace Attune.Reproductions;

/// <summary>
/// At which depth a learner's states give up the weight vector and the moment Xᵀy (Akyürek et al. 2023, figure 4), beside a control: a learner of the same shape that was trained where w is always 1 … 1,
/// reading the same data.
/// </summary>
internal sealed class ProbeStudy
{
    /// <summary>Share of the target's variance that may be left unexplained.</summary>
    public const double MostError = 0.5;

    /// <summary>What the error may be of that at the input, and of the control's.</summary>
    public const double MostRatio = 0.5;

    private static readonly string[] Kinds = ["w by MLP", "w linear", "Xᵀy by MLP"];

    private readonly AlgorithmSizes sizes;

    /// <summary>[learner, control][kind][layer]: relative error by seed.</summary>
    private readonly List<double>[][][] errors;

    public ProbeStudy(AlgorithmSizes sizes) => (this.sizes, errors) = (sizes, [.. Enumerable.Range(0, 2).Select(_ => Kinds.Select(_ => Enumerable.Range(0, sizes.Deepest + 1).Select(_ => new List<double>()).ToArray()).ToArray())]);

    /// <summary>Pairs that are in when a probe reads: more than dimensions, so that w is determined.</summary>
    private int Seen => Math.Min(sizes.Pairs - 1, sizes.Dimensions + 2);

    public void Add(ReproductionContext context, int seed, VectorLearner learner, bool isControl)
    {
        var task = sizes.Task() with { Pairs = Seen };
        // The last pair's y stands behind its x, so one position more than the task's, which has no use for it.
        var sequences = (task with { Pairs = Seen + 1 }).Draw(context.Random(seed, "probe data"), 4 * sizes.TestSequences);
        var positions = 2 * Seen;
        var vectors = Prefixes(task with { Pairs = Seen + 1 }, sequences, positions);
        var states = learner.States(vectors, sequences.Length, positions);
        double[][] weights = [.. sequences.Select(s => LeastSquares.Solve(s.X.AsSpan(0, Seen * sizes.Dimensions), s.Y.AsSpan(0, Seen), sizes.Dimensions))];
        double[][] moments = [.. sequences.Select(s => new GradientDescentRegressor(0.5).Weights(s.X.AsSpan(0, Seen * sizes.Dimensions), s.Y.AsSpan(0, Seen), sizes.Dimensions))];
        for (var layer = 0; layer < states.Length; layer++)
        {
            var rows = ByRow(states[layer], sequences.Length);
            for (var kind = 0; kind < Kinds.Length; kind++)
            {
                context.Progress(0.95, FormattableString.Invariant($"seed {seed}, probing layer {layer}{(isControl ? " of the control" : "")}"));
                errors[isControl ? 1 : 0][kind][layer].Add(VectorProbe.Error(
                    rows, kind < 2 ? weights : moments, learner.Width, kind % 2 == 0 ? sizes.ProbeWidth : 0, sizes.ProbeSteps, context.Random(seed, FormattableString.Invariant($"probe {layer} {kind}")), context.Cancel));
            }
        }
    }

    public void Report(ReproductionContext context)
    {
        string[] learners = ["", ", control"];
        context.Add(new Figure("What probes leave unexplained, by layer", "layer (0: input)", "error / variance", [.. learners.SelectMany((name, l) => Kinds.Select((kind, k) =>
            new Curve(kind + name, [.. errors[l][k].Select((v, layer) => CurvePoint.Of(layer, new Measured("", v)))])))]));
        var (own, control) = (errors[0][0].Select(v => new Measured("", v)).ToArray(), errors[1][0].Select(v => new Measured("", v)).ToArray());
        var late = Enumerable.Range(0, own.Length).Skip((own.Length + 1) / 2).MinBy(layer => own[layer].Mean);
        var held = own[late].Mean <= MostError && own[late].Mean <= MostRatio * own[0].Mean && own[late].Mean <= MostRatio * control[late].Mean;
        context.Decide(
            "decode", held, FormattableString.Invariant($"The best late layer is {late} of {own.Length - 1}; a linear probe leaves {NumberText.Of(errors[0][1][late].Average())} there."),
            own[late] with { Name = $"MLP probe of w, layer {late}" }, own[0] with { Name = "the same at the input" }, control[late] with { Name = $"the same of the control, layer {late}" });
    }

    /// <summary>The first vectors of each sequence.</summary>
    private static float[] Prefixes(InContextRegression task, RegressionSequence[] sequences, int positions)
    {
        var (all, width) = (task.Vectors(sequences), task.Dimensions + 1);
        var prefixes = new float[sequences.Length * positions * width];
        for (var s = 0; s < sequences.Length; s++)
            all.AsSpan(s * task.Length * width, positions * width).CopyTo(prefixes.AsSpan(s * positions * width));
        return prefixes;
    }

    /// <summary>States of each sequence, scaled to a mean square of 1 over all, so that layers differ in what they hold and not in size.</summary>
    private static float[][] ByRow(float[] states, int sequences)
    {
        var scale = (float)(1 / Math.Sqrt(states.Average(v => (double)v * v)));
        var size = states.Length / sequences;
        return [.. Enumerable.Range(0, sequences).Select(s => states.AsSpan(s * size, size).ToArray().Select(v => v * scale).ToArray())];
    }
}
