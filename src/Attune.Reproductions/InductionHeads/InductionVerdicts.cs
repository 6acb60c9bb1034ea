using System.Globalization;
using Attune.Evaluation.Metrics;

namespace Attune.Reproductions.InductionHeads;

/// <summary>Decides the claims of S193 by what a grid of trainings did.</summary>
internal sealed class InductionVerdicts(ReproductionContext context, InductionGrid grid)
{
    private const double Abrupt = 0.25, Together = 0.1, SameOrder = 0.9, Before = 0.9, Agreement = 0.8, Clear = 0.1, BothGain = 0.1, Later = 4;

    /// <summary>Fewer runs have no order to speak of.</summary>
    private const int LeastRuns = 5;

    /// <summary>With fewer clear cells of a sign a model that knows that one way to answer redraws the map.</summary>
    private const int LeastCells = 3;

    /// <summary>The thresholds are above, beside where they are used.</summary>
    public static IReadOnlyList<Claim> Claims { get; } =
    [
        new("jump", "On novel classes in-context accuracy jumps.", Invariant($"from 1/N to 1, the time that the middle half of the rise takes over the time of its middle: the 95% interval over seeds is below {Abrupt}")),
        new("head", "The jump is the onset of an induction head.", Invariant($"|time of the jump − time at which TILA2 has half risen| over the former: the 95% interval over seeds is below {Together}")),
        new("order", "Where the head comes late, so does the jump.", Invariant($"Spearman's correlation of the two times over all trainings of the net that jump at least {SameOrder}, of at least {LeastRuns}")),
        new("context-first", "The labels of the context are singled out before the right one is.", Invariant($"time at which CLA has half risen over the time of the jump: the 95% interval over seeds is below {Before}")),
        new("bursts", "Burstiness favours learning in context over learning in weights.", "IC2 − IWL at the largest B minus the same at the smallest, mean over K: the 95% interval over seeds is above 0"),
        new("classes", "Many classes favour learning in context over learning in weights.", "IC2 − IWL at the largest K minus the same at the smallest, mean over B: the 95% interval over seeds is above 0"),
        new("skew", "Skewed classes let a net have both.", Invariant($"the smaller of IC2 and IWL at skew 1 less that at 0, with as many classes and bursts: the 95% interval over seeds of the paired difference is above {BothGain}")),
        new("scalar-jump", "Two attention numbers jump as the net does.", Invariant($"'jump' and 'head' for the two-parameter model, with {Abrupt} and {Together}")),
        new("map", "Two attention numbers redraw the map of in-context against in-weights learning.",
            Invariant($"a cell is clear where the net's mean IC2 − IWL is at least {Clear} from 0 and its 95% interval over seeds on that side of 0; the model's mean has the same sign in at least {Agreement} of the clear cells above 0 and in as many of those below; not testable with fewer than {LeastCells} of either")),
        new("curriculum", "Three nested logits under gradient flow grow one after another and jump; with as many labels as items there is no first step.", Invariant($"ξ passes 1 before α and α before β, the rise share is at most {Abrupt} at N = 8, L = 32, and at L = N the jump comes at least {Later} times later")) { IsComputed = true },
    ];

    public void Decide()
    {
        DecideJump();
        DecideOrder();
        DecideDials();
        DecideSkew();
        DecideMap();
        DecideCurriculum();
    }

    private void DecideJump()
    {
        var (net, scalar) = (grid.Novel(scalar: false), grid.Novel(scalar: true));
        var rise = Of("rise share", net, t => t.RiseShare);
        context.Decide("jump", rise.IsBelow(Abrupt), "0 is a step, 1 a line", rise, Of("step of the jump", net, t => t.Jump));
        var apart = Of("times apart / time", net, Apart);
        context.Decide("head", apart.IsBelow(Together), "on novel classes, where only the context can tell", apart);
        var first = Of("CLA's time / jump's time", net, t => t.Context / t.Jump);
        context.Decide("context-first", first.IsBelow(Before), "on novel classes", first);
        var (scalarRise, scalarApart) = (Of("rise share", scalar, t => t.RiseShare), Of("times apart / time", scalar, Apart));
        context.Decide("scalar-jump", scalarRise.IsBelow(Abrupt) && scalarApart.IsBelow(Together), "the same measures of the two-parameter model", scalarRise, scalarApart, Of("step of the jump", scalar, t => t.Jump));
    }

    private void DecideOrder()
    {
        var jumps = grid.All(scalar: false).Where(t => double.IsFinite(t.Jump) && t.Points[0].InContext < (1 + t.ByChance) / 2).ToArray();
        if (jumps.Length < LeastRuns)
        {
            context.NotTestable("order", string.Create(CultureInfo.InvariantCulture, $"{jumps.Length} trainings jumped, and {LeastRuns} are needed"));
            return;
        }
        double[] times = [.. jumps.Select(t => t.Jump)], heads = [.. jumps.Select(t => t.Head)];
        var order = Correlation.Spearman(times, heads);
        context.Decide("order", order >= SameOrder, string.Create(CultureInfo.InvariantCulture, $"over {jumps.Length} trainings of all seeds, from step {times.Min():0} to {times.Max():0}"), new Measured("Spearman", [order]));
    }

    private void DecideDials()
    {
        var (classes, bursts) = (grid.Scale.Classes, grid.Scale.Burstiness);
        var byBurst = BySeed("largest B − smallest B", seed => classes.Average(k => Difference(k, bursts[^1], seed) - Difference(k, bursts[0], seed)));
        context.Decide("bursts", byBurst.IsAbove(), "IC2 − IWL of the net at the end", byBurst);
        var byClasses = BySeed("largest K − smallest K", seed => bursts.Average(b => Difference(classes[^1], b, seed) - Difference(classes[0], b, seed)));
        context.Decide("classes", byClasses.IsAbove(), "IC2 − IWL of the net at the end", byClasses);
    }

    private void DecideSkew()
    {
        Measured Both(double skew) => Of(string.Create(CultureInfo.InvariantCulture, $"smaller of IC2 and IWL, skew {skew}"), grid.At(false, grid.Scale.SkewedClasses, grid.Scale.SkewedBurstiness, skew),
            t => Math.Min(t.Final(p => p.Shifted), t.Final(p => p.InWeights)));
        var (flat, skewed) = (Both(0), Both(1));
        var gain = Measured.Difference("skew 1 − skew 0", skewed, flat);
        context.Decide("skew", gain.IsAbove(BothGain),
            string.Create(CultureInfo.InvariantCulture, $"{grid.Scale.SkewedClasses} classes, burstiness {grid.Scale.SkewedBurstiness}; what is learned by heart is asked as often as it was seen"),
            [flat, skewed, gain, .. grid.Scale.Skews.Where(s => s != 1).Select(Both)]);
    }

    private void DecideMap()
    {
        var cells = (from k in grid.Scale.Classes from b in grid.Scale.Burstiness
                     select (Net: Of("net", grid.At(false, k, b), t => t.ContextOverWeights), Model: grid.At(true, k, b).Average(t => t.ContextOverWeights))).ToArray();
        var above = cells.Where(c => c.Net.Mean >= Clear && c.Net.IsAbove()).ToArray();
        var below = cells.Where(c => c.Net.Mean <= -Clear && c.Net.IsBelow(0)).ToArray();
        var because = string.Create(CultureInfo.InvariantCulture, $"of {cells.Length} cells {above.Length} are clearly above 0 in the net and {below.Length} clearly below");
        if (above.Length < LeastCells || below.Length < LeastCells)
        {
            context.NotTestable("map", because);
            return;
        }
        var (byContext, byWeights) = (above.Count(c => c.Model > 0) / (double)above.Length, below.Count(c => c.Model < 0) / (double)below.Length);
        context.Decide("map", byContext >= Agreement && byWeights >= Agreement, because, One("equal signs, cells above 0", byContext), One("equal signs, cells below 0", byWeights));
    }

    private void DecideCurriculum()
    {
        const double Start = 0.01, Step = 0.1;
        var loss = new NestedLogits(8, 32, 8);
        var (flow, steps) = (loss.Flow(Start, Step, 2000).ToArray(), new double[2001]);
        for (var i = 0; i < steps.Length; i++)
            steps[i] = flow[i].Time;
        double[] right = [.. flow.Select(f => loss.Right(f.Beta, f.Alpha, f.Xi))];
        double Passes(Func<(double Time, double Beta, double Alpha, double Xi), double> value) => JumpTimes.FirstAbove(steps, [.. flow.Select(value)], 1);
        var (xi, alpha, beta) = (Passes(f => f.Xi), Passes(f => f.Alpha), Passes(f => f.Beta));
        var rise = JumpTimes.RiseShare(steps, right, 1.0 / 8, 1);
        var equal = new NestedLogits(8, 8, 8);
        var late = equal.Flow(Start, Step, 20_000).FirstOrDefault(f => equal.Right(f.Beta, f.Alpha, f.Xi) > (1 + 1.0 / 8) / 2, (double.PositiveInfinity, 0, 0, 0)).Time;
        var later = late / JumpTimes.FirstAbove(steps, right, (1 + 1.0 / 8) / 2);
        context.Decide("curriculum", xi < alpha && alpha < beta && rise <= Abrupt && later >= Later, "a computation without chance, from logits of 0.01",
            One("time of ξ", xi), One("time of α", alpha), One("time of β", beta), One("rise share", rise), One("time of the jump at L = N over that at L = 4N", later));
    }

    private static double Apart(InductionTrace trace) => Math.Abs(trace.Jump - trace.Head) / trace.Jump;

    private double Difference(int classes, int burstiness, int seed) => grid.At(false, classes, burstiness)[seed].ContextOverWeights;

    private Measured BySeed(string name, Func<int, double> value) => new(name, [.. Enumerable.Range(0, context.Seeds).Select(value)]);

    private static Measured Of(string name, InductionTrace[] traces, Func<InductionTrace, double> value) => new(name, [.. traces.Select(value)]);

    private static Measured One(string name, double value) => new(name, [value]);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
