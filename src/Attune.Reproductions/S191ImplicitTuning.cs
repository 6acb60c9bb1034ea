using System.Globalization;
using Attune.Reproductions.ImplicitTuning;

namespace Attune.Reproductions;

/// <summary>In-context learning as implicit tuning: the dual form, four measures of overlap with a control of permuted labels, and momentum attention.</summary>
public sealed class S191ImplicitTuning : IReproduction
{
    /// <summary>How exact the dual form must be.</summary>
    private const double Exact = 1e-6;

    /// <summary>How far a likeness must be above the paper's baseline.</summary>
    private const double Margin = 0.02;

    /// <summary>How far it must be above that with tuning on permuted labels.</summary>
    private const double ControlMargin = 0.01;

    /// <summary>Fewer different queries than this that tuning turned right say nothing.</summary>
    private const int FewestTurned = 30;

    /// <summary>How a likeness is decided.</summary>
    private const string Apart = "95% interval over sets of demonstrations of the paired difference";

    public ReproductionCard Card { get; } = new()
    {
        Id = "S191",
        Title = "In-context learning as implicit tuning",
        Paper = "Dai et al., Why Can GPT Learn In-Context? Language Models Implicitly Perform Gradient Descent as Meta-Optimizers, Findings of ACL 2023 (arXiv 2212.10559)",
        DoneWhen = "The dual form of linear attention is exact to 1e-6; in-context learning and tuning of keys and values are compared by predictions, updates, attention and its order, each beside tuning on permuted labels; momentum attention is compared with plain attention over three seeds.",
        Setting = "small: SmolLM2-135M-Instruct, sst2, subj and agnews, 5 sets of 16 demonstrations, each with 100 queries of its own, rate of tuning chosen on training rows; byte language models of 2 layers of 64 on WikiText-2's validation part, 5 seeds. full: 400 queries, mpqa too, language models of 4 layers of 128; smoke: tiny models and random tokens. " +
            "Unlike the paper: the model's weights are quantised (Q4_1); the label predicted is the one whose first token scores highest, not that of the highest mean log-probability of its tokens; a field is cut to 160 characters; attention is of grouped queries and compared for each of the query's heads. " +
            "Positions are rotary: a query without demonstrations stands at positions 0, 1, …, behind them after them, so that distances within it are the same; the dual form is that of attention without positions, softmax and 1/√d, on inputs taken behind the demonstrations.",
        Claims =
        [
            new("dual", "Linear attention over demonstrations and query is the query's own attention plus an update made of the demonstrations, and a linear layer tuned by gradient descent is linear attention to its training inputs.",
                Text($"largest relative error at most {Exact:0e0}, with every head's maps of the language model on its own states in two orders of the demonstrations, and with random maps in float64 and float32")) { IsComputed = true },
            new("predictions", "What tuning turns right, demonstrations turn right too.",
                Text($"of the queries of a task and set that tuning turns right (at least {FewestTurned} different ones in all) demonstrations turn a larger share right than of all that are wrong without them there: 95% interval over sets of the difference, tasks weighted by the queries turned, above 0")),
            new("predictions-control", "They do so because of what the labels say.",
                Text($"{Apart} between that and the same for tuning on permuted labels above 0, at least {FewestTurned} different queries turned by each")),
            new("updates", "Demonstrations and tuning change attention's outputs in like directions.", Text($"cosine of the changes less that with random changes: {Apart} above {Margin}")),
            new("updates-control", "They do so because of what the labels say.", Text($"cosine less that with tuning on permuted labels: {Apart} above {ControlMargin}")),
            new("maps", "Tuning makes attention within the query more like that behind demonstrations.", Text($"cosine with attention behind demonstrations, after tuning less before: {Apart} above {Margin}")),
            new("maps-control", "It does so because of what the labels say.", Text($"cosine less that after tuning on permuted labels: {Apart} above {ControlMargin}")),
            new("order", "Demonstrations' tokens are attended to in the order in which tuning weighs them.", Text($"Kendall's τ less that with random numbers: {Apart} above {Margin}")),
            new("order-control", "They are because of what the labels say.", Text($"τ less that with tuning on permuted labels: {Apart} above {ControlMargin}")),
            new("momentum", "Momentum attention predicts text better than plain attention.", "perplexity of held-out text less that of plain attention with equal seed and data order: 95% interval over seeds of the paired difference below 0, the decay chosen on other text under another seed"),
        ],
        Minutes = new(0.1, 10, 150),
        Seeds = 5,
        Needs = ["model smollm2-135m-instruct", "data sst2", "data subj", "data agnews", "data text", "data mpqa (full scale)"],
    };

    public void Run(ReproductionContext context)
    {
        TuningChecks.Run(context);
        // Each part without the other where what it needs is missing.
        WhereThereIs(context, c => c.Key != "momentum", () => Overlaps(context));
        WhereThereIs(context, c => c.Key == "momentum", () => Momentum(context));
    }

    private void WhereThereIs(ReproductionContext context, Func<Claim, bool> claims, Action part)
    {
        try
        {
            part();
        }
        catch (MissingNeedException e)
        {
            foreach (var claim in Card.Claims.Where(c => claims(c) && !context.IsDecided(c)))
                context.NotTestable(claim.Key, e.Message);
        }
    }

    private static void Overlaps(ReproductionContext context)
    {
        var plan = OverlapPlan.Of(context);
        context.Settings("overlaps", plan);
        using var run = OverlapRun.Open(context, plan);
        Dual(context, run.DualError());
        var scores = run.Measure();
        Predictions(context, scores);
        Likeness(context, scores, "updates", "cosine", s => s.Updates, "random", s => s.RandomUpdates, s => s.PermutedUpdates);
        Likeness(context, scores, "maps", "after tuning", s => s.MapsAfter, "before", s => s.MapsBefore, s => s.PermutedMapsAfter);
        Likeness(context, scores, "order", "τ", s => s.Kendall, "random", s => s.RandomKendall, s => s.PermutedKendall);
        context.Add(run.Show(scores));
    }

    private static void Dual(ReproductionContext context, double ofModel)
    {
        var (attention, single, descent) = TuningChecks.Dual(context);
        context.Check("linear attention is W_ZSL·q + ΔW_ICL·q with every head's maps and states of the language model (float64)", ofModel, TuningChecks.DoubleBound);
        context.Decide("dual", new[] { ofModel, attention, single, descent }.All(e => e <= Exact),
            Text($"relative error {ofModel:0.0e0} of the model's heads, {attention:0.0e0} of attention with random maps and {descent:0.0e0} of descent in float64, {single:0.0e0} of attention in float32"),
            new Measured("the model's heads, float64", [ofModel]), new Measured("random maps, float64", [attention]), new Measured("random maps, float32", [single]), new Measured("descent, float64", [descent]));
    }

    private static void Momentum(ReproductionContext context)
    {
        byte[] text = context.Scale == RunScale.Smoke ? [.. Enumerable.Range(0, 2000).Select(i => (byte)(i * i % 61))] : File.ReadAllBytes(context.Data("text/wikitext2.valid.txt"));
        var plan = context.At(new ToyPlan(1, 16, 16, 4, 5, 3e-3), new ToyPlan(2, 64, 128, 16, 500, 4e-3), new ToyPlan(4, 128, 256, 16, 4000, 2e-3));
        context.Settings("toy language models", plan);
        var (decay, plain, momentum) = MomentumRun.Run(context, plan, text, (share, what) => context.Progress(0.5 + 0.5 * share, what));
        var difference = Measured.Difference("momentum − plain", new("momentum", momentum), new("plain", plain));
        context.Decide("momentum", difference.IsBelow(0),
            Text($"η = {decay}: lower in {difference.PerSeed.Count(d => d < 0)} of {plain.Count} seeds, {plain.Average():0.000} → {momentum.Average():0.000} per byte"),
            difference, new Measured("plain", plain), new Measured("momentum", momentum));
    }

    private static void Predictions(ReproductionContext context, IReadOnlyList<IReadOnlyList<OverlapScores>> scores)
    {
        Measured Excess(string name, Func<OverlapScores, TurnedQueries> turned) => new(name, [.. scores.Select(set => TurnedQueries.Excess(set, turned))]);
        int Different(Func<OverlapScores, TurnedQueries> turned) => scores.SelectMany(s => s).SelectMany(s => turned(s).Queries).Distinct(ReferenceEqualityComparer.Instance).Count();
        var (own, permuted) = (Excess("share of those that tuning turned − share of all wrong", s => s.Tuned), Excess("the same, permuted labels", s => s.Permuted));
        var (turned, ofPermuted) = (Different(s => s.Tuned), Different(s => s.Permuted));
        Say("predictions", turned, own.IsAbove(), Text($"tuning turned {turned} different queries right"), own, new Measured("different queries turned right", [turned]));
        var difference = Measured.Difference("true − permuted labels", own, permuted);
        Say("predictions-control", Math.Min(turned, ofPermuted), difference.IsAbove(), Text($"tuning turned {turned} different queries right, {ofPermuted} on permuted labels"), difference, own, permuted);

        void Say(string claim, int fewest, bool held, string text, params Measured[] values)
        {
            if (fewest < FewestTurned && context.Scale != RunScale.Smoke)
                context.NotTestable(claim, text + ": too few", values);
            else
                context.Decide(claim, held, text, values);
        }
    }

    /// <param name="claim">The claim; that of the control has "-control" behind it.</param>
    private static void Likeness(ReproductionContext context, IReadOnlyList<IReadOnlyList<OverlapScores>> scores, string claim, string name,
        Func<OverlapScores, double> value, string against, Func<OverlapScores, double> baseline, Func<OverlapScores, double> control)
    {
        Measured Of(string what, Func<OverlapScores, double> measure) => new(what, [.. scores.Select(set => set.Average(measure))]);
        var own = Of(name, value);
        Above(claim, Of(against, baseline), Margin);
        Above(claim + "-control", Of("permuted labels", control), ControlMargin);

        void Above(string key, Measured other, double margin)
        {
            var difference = Measured.Difference($"{own.Name} − {other.Name}", own, other);
            context.Decide(key, difference.IsAbove(margin), string.Create(CultureInfo.InvariantCulture, $"{own.Name} {own.Mean:0.000}, {other.Name} {other.Mean:0.000}"), difference, own, other);
        }
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
