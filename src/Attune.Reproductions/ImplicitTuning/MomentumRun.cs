namespace Attune.Reproductions.ImplicitTuning;

/// <summary>Momentum attention against plain attention: the decay chosen on one part of the text under a seed of its own, then pairs of equal seeds measured on another.</summary>
internal static class MomentumRun
{
    public static (double Decay, IReadOnlyList<double> Plain, IReadOnlyList<double> Momentum) Run(ReproductionContext context, ToyPlan plan, byte[] text, Action<double, string> progress)
    {
        var held = Math.Min(plan.HeldBytes, text.Length / 5);
        var (train, choose, test) = (text[..^(2 * held)], text[^(2 * held)..^held], text[^held..]);
        // A seed that no measured pair has.
        var chosen = plan.Decays.Select((d, i) =>
        {
            progress(i / (double)(plan.Decays.Count + 2 * context.Seeds), FormattableString.Invariant($"momentum {d}, choosing"));
            return (Decay: d, Perplexity: Trained(context, plan, d, context.Seeds, train, choose));
        }).ToArray();
        var best = chosen.MinBy(c => c.Perplexity).Decay;
        var (plain, momentum) = (new List<double>(), new List<double>());
        for (var seed = 0; seed < context.Seeds; seed++)
        {
            progress((plan.Decays.Count + 2 * seed) / (double)(plan.Decays.Count + 2 * context.Seeds), FormattableString.Invariant($"toy language models, seed {seed}"));
            plain.Add(Trained(context, plan, null, seed, train, test));
            momentum.Add(Trained(context, plan, best, seed, train, test));
        }
        context.Add(new ResultTable("Perplexity of a byte while choosing the decay, one seed", ["decay", "perplexity"],
            [.. chosen.Select(c => (IReadOnlyList<string>)[FormattableString.Invariant($"{c.Decay}"), FormattableString.Invariant($"{c.Perplexity:0.0000}")])]));
        return (best, plain, momentum);
    }

    /// <summary>Largest distance of momentum with η → 0 (taps of 0) from plain attention, in logits; and of the convolution from the recursion, relative.</summary>
    public static (double Zero, double Recursion) Checks(ReproductionContext context)
    {
        var plan = new ToyPlan(2, 16, 24, 4, 1, 1e-3);
        var bytes = Enumerable.Range(0, 24).Select(i => (byte)(i * 37 % 256)).ToArray();
        using var plain = new ToyLanguage(plan, null, context.Random(0, "toy check"));
        using var still = new ToyLanguage(plan, 0, context.Random(0, "toy check"));
        var zero = plain.Scores(bytes).Zip(still.Scores(bytes), (a, b) => (double)Math.Abs(a - b)).Max();
        return (zero, MomentumChecks.Recursion(context.Random(0, "recursion"), 0.9, 40));
    }

    private static double Trained(ReproductionContext context, ToyPlan plan, double? decay, int seed, byte[] train, byte[] test)
    {
        using var model = new ToyLanguage(plan, decay, context.Random(seed, "toy model"));
        model.Train(train, context.Random(seed, "toy order"), null, context.Cancel);
        return model.Perplexity(test, context.Cancel);
    }
}
