using Attune.Tensors.Autograd;

namespace Attune.Reproductions.GeneralLearner;

/// <summary>What must hold for any net and any budget.</summary>
internal static class GeneralLearnerChecks
{
    /// <summary>How many standard deviations a share may miss its expectation by: less than once in a million.</summary>
    private const double Deviations = 5;

    /// <summary>What needs no trained net.</summary>
    public static void Run(ReproductionContext context, LearnerSweep sweep)
    {
        foreach (var plan in (ReadOnlySpan<LearnerPlan>)[sweep.Cell(sweep.Tasks[^1], sweep.Widths[^1]), sweep.Lstms[^1]])
            context.Check($"a label changes nothing at its position or before ({plan.Name(sweep.Sizes)})", Causality(context, sweep, plan), 0);
    }

    public static void OfOutcomes(ReproductionContext context, LearnerSweep sweep, IReadOnlyDictionary<LearnerPlan, LearnerOutcome[]> outcomes)
    {
        var (chance, n) = (sweep.Chance, sweep.Sizes.TestSequences);
        var bound = Deviations * Math.Sqrt(chance * (1 - chance) / n);
        var all = outcomes.Values.SelectMany(o => o).ToArray();
        context.Check("accuracy before any example of an unseen task is chance, whatever the net", all.Max(o => Math.Abs(o.Unseen.First - chance)), bound);
        // A net whose first scores spread by δ loses δ²/2 against chance and misses it by δ/√n at random: together never below −Deviations²/2n.
        context.Check("loss before any example of an unseen task is that of chance or more", all.Max(o => Math.Log(sweep.Sizes.Classes) - o.Unseen.Loss[0]), Deviations * Deviations / 2 / n);
        if (sweep.Tasks[0] == 1)
            context.Check("a net of one task is at chance on unseen ones", sweep.Widths.Max(w => outcomes[sweep.Cell(1, w)].Max(o => Math.Abs(o.Unseen.Last - chance))), bound);
        // A share of one half scatters most.
        context.Check("accuracy on unseen tasks is the same whatever the classes are called (widest net, most tasks)",
            outcomes[sweep.Cell(sweep.Tasks[^1], sweep.Widths[^1])].Max(o => o.ByNames.Max(a => Math.Abs(a - o.ByNames.Average()))), Deviations * Math.Sqrt(0.25 / n));
    }

    /// <summary>Largest change of a score at or before the position whose label changes.</summary>
    private static double Causality(ReproductionContext context, LearnerSweep sweep, LearnerPlan plan)
    {
        using var learner = plan.Create(sweep.Sizes, context.Random(0, "weights"));
        using var graph = new Graph(recording: false);
        var sequences = sweep.Training(context, 1, seed: 0).UnseenTest();
        var before = learner.Logits(graph, sequences).Span.ToArray();
        var position = sequences.Length / 2;
        for (var s = 0; s < sequences.Count; s++)
            sequences.SetLabel(s, position, (sequences.Labels[s * sequences.Length + position] + 1) % sequences.Classes);
        graph.Reset();
        var after = learner.Logits(graph, sequences).Span;
        var largest = 0.0;
        for (var i = 0; i < before.Length; i++)
            if (i / sequences.Classes % sequences.Length <= position)
                largest = Math.Max(largest, Math.Abs(before[i] - after[i]));
        return largest;
    }
}
