using Attune.Tensors;

namespace Attune.Reproductions.ImplicitTuning;

/// <summary>What must hold in S191 at any scale: identities of the dual form, of the measures of overlap, and of momentum.</summary>
internal static class TuningChecks
{
    /// <summary>How exact the dual form is in float64.</summary>
    public const double DoubleBound = 1e-12;

    public static void Run(ReproductionContext context)
    {
        var (attention, _, descent) = Dual(context);
        context.Check("linear attention is W_ZSL·q + ΔW_ICL·q with random maps (float64)", attention, DoubleBound);
        context.Check("a linear layer after gradient descent is W₀x + linear attention to its inputs (float64)", descent, DoubleBound);
        Measures(context);
        var (zero, recursion) = MomentumRun.Checks(context);
        context.Check("momentum attention with η → 0 is plain attention", zero, 0);
        context.Check("momentum's sum equals its recursion", recursion, 1e-6);
    }

    /// <summary>Relative errors with random maps: of attention in float64, the same in float32, and of gradient descent on a linear layer in float64.</summary>
    public static (double Attention, double Single, double Descent) Dual(ReproductionContext context)
    {
        double Attention(int demonstrations, int tokens) => DualForm.AttentionError(context.Random(0, "dual attention"), demonstrations, tokens, 48, 16);
        return (Math.Max(Attention(40, 12), Attention(1, 1)), DualForm.SingleError(context.Random(0, "dual single"), 40, 12, 32), DualForm.DescentError(context.Random(0, "dual descent"), 50, 24, 6, 0.02));
    }

    /// <summary>Each measure of overlap where in-context learning and tuning did the same.</summary>
    private static void Measures(ReproductionContext context)
    {
        const int Heads = 2, Tokens = 6;
        var random = context.Random(0, "measures");
        var (zero, same) = (Trace(random, Heads, Tokens), Trace(random, Heads, Tokens));
        bool[] Flags() => [.. Enumerable.Range(0, 20).Select(_ => random.Next(2) == 0)];
        var (zeroRight, right) = (Flags(), Flags());
        var (recalled, turned) = Overlap.Recall(zeroRight, right, right);
        context.Check("demonstrations recall all that tuning turned where both predict the same", turned - recalled, 0);
        context.Check("the cosine of updates is 1 where both are the same", Math.Abs(1 - Overlap.Updates(zero, same, same)), 1e-6);
        context.Check("the cosine of attention is 1 where both are the same", Math.Abs(1 - Overlap.Maps(same, same, Heads)), 1e-6);
        // A query of (1, 0) in every head makes the products of tuning what stands in the first place of each token.
        QueryTrace inContext = same with { Queries = [.. same.Queries.Select(_ => new float[] { 1, 0 })] };
        double Tau(int sign) => Overlap.Kendall(inContext, inContext, [.. inContext.Demonstrations.Select(d => d.SelectMany(v => new[] { sign * v, 0 }).ToArray())], [.. Enumerable.Range(0, Tokens).Select(t => (t, t))]);
        context.Check("Kendall's τ is 1 for equal rankings", Math.Abs(1 - Tau(1)), 1e-12);
        context.Check("Kendall's τ is −1 for reversed rankings", Math.Abs(1 + Tau(-1)), 1e-12);
    }

    private static QueryTrace Trace(SeededRandom random, int heads, int tokens)
    {
        float[][] Layers(int count) => [.. Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, count).Select(_ => (float)random.NextNormal()).ToArray())];
        return new QueryTrace(Layers(8), Layers(heads * 5), Layers(tokens), Layers(2), [0, 1]);
    }
}
