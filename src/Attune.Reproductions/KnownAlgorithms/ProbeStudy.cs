namespace Attune.Reproductions;

/// <summary>
/// At which depth a learner's states give up the weight vector and the moment Xᵀy (Akyürek et al. 2023, figure 4), beside a control: a learner of the same shape that was trained where w is always 1 … 1,
/// reading the same data.
/// </summary>
internal sealed class ProbeStudy
{
    /// <summary>Share of the target's variance that may be left unexplained.</summary>
    public const double MostError = 0.5;

    /// <summary>What the error may be of that at the input, and of the control's at its own best layer.</summary>
    public const double MostRatio = 0.5;

    private static readonly string[] Kinds = ["w by MLP", "w linear", "Xᵀy by MLP"];

    private readonly AlgorithmSizes sizes;

    /// <summary>[learner, control][kind][layer]: relative error by seed on rows that are reported.</summary>
    private readonly List<double>[][][] errors;

    /// <summary>[learner, control][layer]: the first kind's relative error by seed on rows that choose the layer.</summary>
    private readonly List<double>[][] choosing;

    public ProbeStudy(AlgorithmSizes sizes)
    {
        List<double>[] Layers() => [.. Enumerable.Range(0, sizes.Deepest + 1).Select(_ => new List<double>())];
        (this.sizes, choosing) = (sizes, [Layers(), Layers()]);
        errors = [.. Enumerable.Range(0, 2).Select(_ => Kinds.Select(_ => Layers()).ToArray())];
    }

    /// <summary>Pairs that are in when a probe reads: more than dimensions, so that w is determined.</summary>
    private int Seen => Math.Min(sizes.Pairs - 1, sizes.Dimensions + 2);

    public void Add(ReproductionContext context, int seed, VectorLearner learner, bool isControl)
    {
        var task = sizes.Task() with { Pairs = Seen };
        // The last pair's y stands behind its x, so one position more than the task's, which has no use for it.
        var sequences = (task with { Pairs = Seen + 1 }).Draw(context.Random(seed, "probed sequences"), 6 * sizes.TestSequences);
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
                var (choosingError, error) = VectorProbe.Errors(
                    rows, kind < 2 ? weights : moments, learner.Width, kind % 2 == 0 ? sizes.ProbeWidth : 0, sizes.ProbeSteps, context.Random(seed, FormattableString.Invariant($"{Kinds[kind]} at {layer}")), context.Cancel);
                errors[isControl ? 1 : 0][kind][layer].Add(error);
                if (kind == 0)
                    choosing[isControl ? 1 : 0][layer].Add(choosingError);
            }
        }
    }

    public void Report(ReproductionContext context)
    {
        string[] learners = ["", ", control"];
        context.Add(new Figure("What probes leave unexplained, by layer", "layer (0: input)", "error / variance", [.. learners.SelectMany((name, l) => Kinds.Select((kind, k) =>
            new Curve(kind + name, [.. errors[l][k].Select((v, layer) => CurvePoint.Of(layer, new Measured("", v)))])))]));
        var layers = errors[0][0].Length;
        var firstLate = (layers + 1) / 2;
        int Best(int learner, int from, int to) => Enumerable.Range(from, to - from).MinBy(layer => choosing[learner][layer].Average());
        Decide(context, Best(0, firstLate, layers), Best(0, 1, firstLate), Best(1, 0, layers));
    }

    /// <param name="late">The layer of the later half that is decided by, chosen as the other two are.</param>
    /// <param name="early">The best block of the earlier half.</param>
    /// <param name="control">The control's best layer, its input too.</param>
    private void Decide(ReproductionContext context, int late, int early, int control)
    {
        Measured Own(int layer) => new(FormattableString.Invariant($"MLP probe of w, layer {layer}"), errors[0][0][layer]);
        Measured Ratio(string name, Measured against) => Measured.Difference(FormattableString.Invariant($"layer {late} − {MostRatio} of {name}"), Own(late), new(name, [.. against.PerSeed.Select(v => MostRatio * v)]));
        var ofControl = new Measured(FormattableString.Invariant($"the same of the control, layer {control}"), errors[1][0][control]);
        var toEarly = Measured.Difference(FormattableString.Invariant($"layer {late} − layer {early}"), Own(late), Own(early));
        var (toInput, toControl) = (Ratio("the input", Own(0)), Ratio("the control", ofControl));
        context.Decide(
            "decode", Own(late).IsBelow(MostError) && toEarly.IsBelow(0) && toInput.IsBelow(0) && toControl.IsBelow(0),
            FormattableString.Invariant($"Of {errors[0][0].Length - 1} blocks the best late one is {late}, the best early one {early}; a linear probe leaves {NumberText.Of(errors[0][1][late].Average())} at {late}."),
            Own(late), toEarly, toInput, toControl, Own(early), Own(0) with { Name = "the same at the input" }, ofControl);
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
