using System.Globalization;
using Attune.Reproductions.GeneralLearner;

namespace Attune.Reproductions;

/// <summary>GPICL: which nets, meta-trained on how many tasks, become learners.</summary>
internal sealed class S188GeneralLearner : IReproduction
{
    // Thresholds, fixed before the runs.
    private const double LeastGain = 0.3, LeastForeignGain = 0.2, LeastRank = 0.8, LeastSizeGain = 0.2, LeastStateGain = 0.1, LeastLstmGap = 0.1;

    public ReproductionCard Card { get; } = new()
    {
        Id = "S188",
        Title = "General-purpose in-context learning by meta-learning transformers",
        Paper = "Kirsch, Harrison, Sohl-Dickstein, Metz: General-Purpose In-Context Learning by Meta-Learning Transformers, 2022, arXiv 2212.04458",
        DoneWhen = "A transformer that was meta-trained on randomly transformed tasks learns unseen ones from their examples; a sweep over number of tasks, size of the net and size of its state shows where nets fail, memorise and generalise.",
        Setting = "Four classes of vectors of 8 numbers (round clusters instead of MNIST, bent threads instead of the other image sets), 20 examples a sequence, transformers of 2 layers and LSTMs, each trained 1,500 steps of 32 sequences. "
            + "Full: more classes and examples, 4 layers, wider nets, 20,000 steps, more numbers of tasks; smoke: 12 steps of tiny nets, which shows only that it runs.",
        Claims =
        [
            new("general", "A transformer meta-trained on many randomly transformed tasks learns unseen ones in context.",
                Text($"widest net, most tasks: the rise of accuracy on unseen tasks from the first to the last position, 95% interval over seeds: above {LeastGain} on the same base data, and above {LeastForeignGain} on other base data")),
            new("zones", "Number of tasks and size of the net separate nets that fail, that memorise and that generalise.",
                Text($"of the map's cells (mean over seeds) at least one each fails, memorises and generalises, by margins of {LearnerOutcome.Margin} in accuracy")),
            new("tasks", "More tasks turn memorising into generalising.",
                Text($"widest net, 95% intervals over seeds: with the fewest tasks accuracy on seen ones before any example above chance by {LearnerOutcome.Margin} and the rise on unseen ones below {LearnerOutcome.Margin}, with the most tasks the rise above {LeastGain}; the rank correlation of the mean rise with the number of tasks at least {LeastRank}")),
            new("size", "With many tasks only a net that is large enough learns to learn.", Text($"most tasks: the rise on unseen tasks of the widest net less the narrowest's, 95% interval over seeds of the paired difference above {LeastSizeGain}")),
            new("state", "What is learned in context is limited by the state that carries it, not by the number of parameters. (A narrow window also shows fewer examples, so state and information are cut together; the LSTM's state alone is cut.)",
                Text($"transformers of the same parameters: last accuracy on unseen tasks (mean over seeds) and visible positions have a rank correlation of at least {LeastRank}, and from fewest to most the 95% interval over seeds of the paired difference is above {LeastStateGain}; an LSTM with more parameters and less state than the whole transformer ends lower, the 95% interval of the paired difference above {LeastLstmGap}")),
        ],
        Minutes = new(0.1, 8, 1000),
        Seeds = 5,
    };

    public void Run(ReproductionContext context)
    {
        var sweep = LearnerSweep.Of(context);
        GeneralLearnerChecks.Run(context, sweep);
        var outcomes = sweep.Run(context);
        GeneralLearnerChecks.OfOutcomes(context, sweep, outcomes);
        var mean = outcomes.ToDictionary(o => o.Key, o => LearnerOutcome.Mean(o.Value));
        GeneralLearnerExhibits.Add(context, sweep, outcomes, mean);
        Decide(context, sweep, outcomes, mean);
    }

    private static void Decide(ReproductionContext context, LearnerSweep sweep, IReadOnlyDictionary<LearnerPlan, LearnerOutcome[]> outcomes, Dictionary<LearnerPlan, LearnerOutcome> mean)
    {
        var best = sweep.Cell(sweep.Tasks[^1], sweep.Widths[^1]);
        Measured Over(string name, LearnerPlan plan, Func<LearnerOutcome, double> value) => new(name, [.. outcomes[plan].Select(value)]);
        var gain = Over("rise, same base data", best, o => o.Unseen.Gain);
        var foreign = Over("rise, other base data", best, o => o.Foreign.Gain);
        context.Decide("general", gain.IsAbove(LeastGain) && foreign.IsAbove(LeastForeignGain), "the rise of accuracy from the first to the last position", gain, foreign, Over("last accuracy, same base data", best, o => o.Unseen.Last));

        var zones = sweep.Map.Select(plan => mean[plan].ZoneAt(sweep.Chance)).ToArray();
        int Count(Zone zone) => zones.Count(z => z == zone);
        context.Decide("zones", Count(Zone.Fails) > 0 && Count(Zone.Memorises) > 0 && Count(Zone.Generalises) > 0,
            string.Create(CultureInfo.InvariantCulture, $"of {zones.Length} cells {Count(Zone.Fails)} fail within the budget, {Count(Zone.Memorises)} memorise, {Count(Zone.Identifies)} identify the task, {Count(Zone.Generalises)} generalise"));

        var fewest = Over("rise, fewest tasks", sweep.Cell(sweep.Tasks[0], sweep.Widths[^1]), o => o.Unseen.Gain);
        var byHeart = Over("seen tasks before any example, fewest tasks", sweep.Cell(sweep.Tasks[0], sweep.Widths[^1]), o => o.Seen.First);
        var byTasks = sweep.Tasks.Select(k => mean[sweep.Cell(k, sweep.Widths[^1])].Unseen.Gain).ToArray();
        var rank = RankOrder.Of([.. sweep.Tasks.Select(k => (double)k)], byTasks);
        context.Decide("tasks", byHeart.IsAbove(sweep.Chance + LearnerOutcome.Margin) && fewest.IsBelow(LearnerOutcome.Margin) && gain.IsAbove(LeastGain) && rank >= LeastRank, Text($"rank correlation {rank:0.00}"), byHeart, fewest, gain);

        var narrow = Over("rise, narrowest", sweep.Cell(sweep.Tasks[^1], sweep.Widths[0]), o => o.Unseen.Gain);
        var wider = Measured.Difference("widest − narrowest", gain, narrow);
        context.Decide("size", wider.IsAbove(LeastSizeGain), "the rise on unseen tasks, by width", narrow, gain, wider);
        DecideState(context, sweep, outcomes, mean, best);
    }

    private static void DecideState(ReproductionContext context, LearnerSweep sweep, IReadOnlyDictionary<LearnerPlan, LearnerOutcome[]> outcomes, Dictionary<LearnerPlan, LearnerOutcome> mean, LearnerPlan best)
    {
        Measured Last(LearnerPlan plan) => new(plan.Name(sweep.Sizes), [.. outcomes[plan].Select(o => o.Unseen.Last)]);
        LearnerPlan[] windowed = [.. sweep.Windowed, best];
        var rank = RankOrder.Of([.. windowed.Select(p => (double)p.Window)], [.. windowed.Select(p => mean[p].Unseen.Last)]);
        var spread = Measured.Difference("sees all − sees fewest", Last(best), Last(windowed[0]));
        var lstm = sweep.Lstms[^1];
        var gap = Measured.Difference("transformer − LSTM", Last(best), Last(lstm));
        var isSmallerState = mean[lstm].Parameters > mean[best].Parameters && mean[lstm].StateSize < mean[best].StateSize;
        var because = Text($"rank correlation {rank:0.00}; the LSTM has {mean[lstm].Parameters} parameters and a state of {mean[lstm].StateSize} numbers, the transformer {mean[best].Parameters} and {mean[best].StateSize}");
        context.Decide("state", rank >= LeastRank && spread.IsAbove(LeastStateGain) && isSmallerState && gap.IsAbove(LeastLstmGap), because, [.. windowed.Select(Last), Last(lstm), spread, gap]);
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
