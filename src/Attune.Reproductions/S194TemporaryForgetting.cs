using Attune.Reproductions.Tagging;

namespace Attune.Reproductions;

/// <summary>Dual process learning: embeddings that are forgotten for a time leave a net with both routes to a word's role.</summary>
/// <remarks>
/// A token counts as tagged right where the first mask gives the adjective by the context more than the sentence's other word. The paper counts triples that are right
/// among all tokens; at this size those also fall because trained vectors grow and fresh ones do not, which says nothing of roles. Both are measured.
/// </remarks>
internal sealed class S194TemporaryForgetting : IReproduction
{
    // Thresholds, fixed before the runs that are kept; trials to find the sizes used other seeds.
    private const double LeastUnseen = 0.9, LeastLead = 0.1, LeastMemory = 0.5, MostMemory = 0.05, LeastRank = 0.8;

    public ReproductionCard Card { get; } = new()
    {
        Id = "S194",
        Title = "Temporary forgetting: in-context and in-weights routes side by side",
        Paper = "Anand, Lepori, Merullo, Pavlick: Dual Process Learning: Controlling Use of In-Context vs. In-Weights Strategies with Weight Forgetting, ICLR 2025, arXiv 2406.00053",
        DoneWhen = "Resetting the embeddings makes a net take the role of unseen tokens from the context; where the resets stop at step N it has that route and what it remembers of words, and N sets the balance.",
        Setting = "A BERT of 2 layers and width 64 fills three masks of a toy sentence whose nouns and adjectives (60 each, Zipf 1.5, every 20th rank ambiguous) are told by order or by memory; 3,000 steps of 64 sentences, embeddings reset every 20 steps, until 10, 25, 40 or 50% of the steps, never, or to the end. "
            + "Full: 1,000 words a class and 60,000 steps; smoke: 30 steps, which shows only that it runs.",
        Claims =
        [
            new("forced", "Active forgetting forces the net to tag unseen tokens by their context.",
                Text($"unseen tokens tagged right at the end, of the two words of the sentence: at least {LeastUnseen} with active forgetting, above ordinary training by at least {LeastLead}; known head words in swapped roles answered by memory: at most {MostMemory}")),
            new("both", "Where forgetting stops at step N the net has both routes.",
                Text($"for at least one N, at the end: unseen tokens tagged right at least {LeastUnseen}, and head words in swapped roles answered by memory more than {LeastMemory} of the time")),
            new("balance", "N sets the balance between the two routes.",
                Text($"rank correlation of N, from 0 to all steps, with the share of head words in swapped roles that are answered by context: at least {LeastRank}, of the means over seeds and on average over seeds")),
            new("transient", "Without forgetting, tagging of unseen tokens by context rises early and falls.",
                Text($"ordinary training: the share at the end is below its highest on the way by at least {LeastLead}")),
        ],
        Minutes = new(0.1, 3, 150),
    };

    public void Run(ReproductionContext context)
    {
        var sweep = ForgettingSweep.Of(context);
        var courses = sweep.Run(context);
        ForgettingExhibits.Add(context, sweep, courses);
        ForgettingChecks.Run(context, sweep, courses);
        Decide(context, sweep, courses);
    }

    private static void Decide(ReproductionContext context, ForgettingSweep sweep, IReadOnlyDictionary<int, TaggingCourse[]> courses)
    {
        Measured End(string name, int until, Func<TaggingScores, double> value) => new(name, [.. courses[until].Select(c => value(c.End))]);
        int never = sweep.Untils[0], always = sweep.Untils[^1];
        var active = End("unseen, active forgetting", always, s => s.Unseen.Role);
        var vanilla = End("unseen, ordinary training", never, s => s.Unseen.Role);
        var memory = End("head by memory, active forgetting", always, s => s.Head.InWeights);
        context.Decide("forced", active.Mean >= LeastUnseen && active.Mean - vanilla.Mean >= LeastLead && memory.Mean <= MostMemory, "shares at the end; whole triples of all tokens stand beside",
            active, vanilla, memory, End("unseen triples, active forgetting", always, s => s.Unseen.InContext), End("unseen triples, ordinary training", never, s => s.Unseen.InContext));

        var temporary = sweep.Untils[1..^1];
        var both = temporary.Select(n => (Unseen: End(Text($"unseen, N = {n}"), n, s => s.Unseen.Role), Memory: End(Text($"head by memory, N = {n}"), n, s => s.Head.InWeights))).ToArray();
        context.Decide("both", both.Any(b => b.Unseen.Mean >= LeastUnseen && b.Memory.Mean > LeastMemory), "shares at the end, for each N",
            [.. both.SelectMany(b => (Measured[])[b.Unseen, b.Memory]), .. temporary.Select(n => End(Text($"unseen triples, N = {n}"), n, s => s.Unseen.InContext))]);

        double Rank(Func<int, double> share) => RankOrder.Of([.. sweep.Untils.Select(n => (double)n)], [.. sweep.Untils.Select(share)]);
        var ofMeans = Rank(n => courses[n].Average(c => c.End.Head.InContext));
        var bySeed = new Measured("rank correlation", [.. Enumerable.Range(0, context.Seeds).Select(seed => Rank(n => courses[n][seed].End.Head.InContext))]);
        context.Decide("balance", ofMeans >= LeastRank && bySeed.Mean >= LeastRank, Text($"of the means {ofMeans:0.00}"),
            [bySeed, .. sweep.Untils.Select(n => End(Text($"head by context, N = {n}"), n, s => s.Head.InContext))]);

        var highest = new Measured("unseen, highest on the way", [.. courses[never].Select(c => c.Scores.Max(s => s.Unseen.Role))]);
        context.Decide("transient", highest.Mean - vanilla.Mean >= LeastLead, "ordinary training", highest, vanilla);
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
