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

    /// <summary>Fewer queries than this that tuning turned right say nothing.</summary>
    private const int FewestTurned = 30;

    public ReproductionCard Card { get; } = new()
    {
        Id = "S191",
        Title = "In-context learning as implicit tuning",
        Paper = "Dai et al., Why Can GPT Learn In-Context? Language Models Implicitly Perform Gradient Descent as Meta-Optimizers, Findings of ACL 2023 (arXiv 2212.10559)",
        DoneWhen = "The dual form of linear attention is exact to 1e-6; in-context learning and tuning of keys and values are compared by predictions, updates, attention and its order, each beside tuning on permuted labels; momentum attention is compared with plain attention over three seeds.",
        Setting = "small: SmolLM2-135M-Instruct, sst2, subj and agnews, 3 sets of 16 demonstrations, 100 queries, rate of tuning chosen on training rows; byte language models of 2 layers of 64 on WikiText-2's validation part, 3 seeds. full: 400 queries, mpqa too, language models of 4 layers of 128; smoke: tiny models and random tokens.",
        Claims =
        [
            new("dual", "Linear attention over demonstrations and query is the query's own attention plus an update made of the demonstrations, and a linear layer tuned by gradient descent is linear attention to its training inputs.", FormattableString.Invariant($"largest relative error at most {Exact}")),
            new("predictions", "What tuning turns right, demonstrations turn right too.", FormattableString.Invariant($"of the queries that tuning turns right (at least {FewestTurned} in all) demonstrations turn a larger share right than of all queries wrong without them, and than of those that tuning on permuted labels turns right")),
            new("updates", "Demonstrations and tuning change attention's outputs in like directions.", FormattableString.Invariant($"cosine of the changes at least {Margin} above that with random changes")),
            new("updates-control", "They do so because of what the labels say.", FormattableString.Invariant($"cosine at least {ControlMargin} above that with tuning on permuted labels")),
            new("maps", "Tuning makes attention within the query more like that behind demonstrations.", FormattableString.Invariant($"cosine with attention behind demonstrations at least {Margin} higher after tuning than before")),
            new("maps-control", "It does so because of what the labels say.", FormattableString.Invariant($"cosine at least {ControlMargin} above that after tuning on permuted labels")),
            new("order", "Demonstrations' tokens are attended to in the order in which tuning weighs them.", FormattableString.Invariant($"Kendall's τ at least {Margin} above that with random numbers")),
            new("order-control", "They are because of what the labels say.", FormattableString.Invariant($"τ at least {ControlMargin} above that with tuning on permuted labels")),
            new("momentum", "Momentum attention predicts text better than plain attention.", "lower perplexity of held-out text in every seed, equal seeds and data order, the decay chosen on other text under another seed"),
        ],
        Minutes = new(0.1, 6, 90),
        Needs = ["model smollm2-135m-instruct", "data sst2", "data subj", "data agnews", "data text"],
    };

    public void Run(ReproductionContext context)
    {
        Dual(context);
        Momentum(context);
        var scores = OverlapRun.Run(context);
        Predictions(context, scores);
        Likeness(context, scores, "updates", "cosine", s => s.Updates, "random", s => s.RandomUpdates, s => s.PermutedUpdates);
        Likeness(context, scores, "maps", "after tuning", s => s.MapsAfter, "before", s => s.MapsBefore, s => s.PermutedMapsAfter);
        Likeness(context, scores, "order", "τ", s => s.Kendall, "random", s => s.RandomKendall, s => s.PermutedKendall);
        context.Add(OverlapRun.Show(scores));
    }

    private static void Dual(ReproductionContext context)
    {
        double Attention(int demonstrations, int tokens) => DualForm.AttentionError(context.Random(0, "dual attention"), demonstrations, tokens, 48, 16);
        var (attention, single) = (Math.Max(Attention(40, 12), Attention(1, 1)), DualForm.SingleError(context.Random(0, "dual single"), 40, 12, 32));
        var descent = DualForm.DescentError(context.Random(0, "dual descent"), 50, 24, 6, 0.02);
        context.Check("linear attention is W_ZSL·q + ΔW_ICL·q (float64)", attention, 1e-12);
        context.Check("a linear layer after gradient descent is W₀x + linear attention to its inputs (float64)", descent, 1e-12);
        context.Decide("dual", attention <= Exact && single <= Exact && descent <= Exact,
            FormattableString.Invariant($"relative error {attention:0.0e0} of attention and {descent:0.0e0} of descent in float64, {single:0.0e0} of attention in float32"),
            new Measured("attention, float64", [attention]), new Measured("attention, float32", [single]), new Measured("descent, float64", [descent]));
    }

    private static void Momentum(ReproductionContext context)
    {
        var (zero, recursion) = MomentumRun.Checks(context);
        context.Check("momentum attention with η → 0 is plain attention", zero, 0);
        context.Check("momentum's sum equals its recursion", recursion, 1e-6);
        byte[] text = context.Scale == RunScale.Smoke ? [.. Enumerable.Range(0, 2000).Select(i => (byte)(i * i % 61))]
            : File.ReadAllBytes(Path.Combine(context.Data("text"), "wikitext2.valid.txt"));
        var plan = context.At(new ToyPlan(1, 16, 16, 4, 5, 3e-3), new ToyPlan(2, 64, 128, 16, 500, 4e-3), new ToyPlan(4, 128, 256, 16, 4000, 2e-3));
        context.Setting("toy language models", FormattableString.Invariant($"bytes, {plan.Layers} layers × {plan.Width}, windows of {plan.Length}, {plan.Steps} steps of {plan.Batch}, rate {plan.Rate}"));
        var (decay, plain, momentum) = MomentumRun.Run(context, plan, text, (share, what) => context.Progress(0.5 * share, what));
        double[] difference = [.. momentum.Zip(plain, (m, p) => m - p)];
        context.Decide("momentum", difference.All(d => d < 0),
            FormattableString.Invariant($"η = {decay}: lower in {difference.Count(d => d < 0)} of {difference.Length} seeds, {plain.Average():0.000} → {momentum.Average():0.000} per byte"),
            new Measured("difference of perplexity", difference), new Measured("plain", plain), new Measured("momentum", momentum));
    }

    private static void Predictions(ReproductionContext context, IReadOnlyList<IReadOnlyList<OverlapScores>> scores)
    {
        var all = scores.SelectMany(s => s).ToArray();
        var (turned, permuted) = (all.Sum(s => s.Recall.Turned), all.Sum(s => s.PermutedRecall.Turned));
        double Share(int recalled, int of) => of == 0 ? 0 : recalled / (double)of;
        var (share, control, any) = (Share(all.Sum(s => s.Recall.Recalled), turned), Share(all.Sum(s => s.PermutedRecall.Recalled), permuted), all.Average(s => s.TurnedByDemonstrations));
        Measured[] values = [new("share, tuned", [share]), new("share, permuted labels", [control]), new("share of all that were wrong", [any]), new("queries turned right", [turned])];
        var text = FormattableString.Invariant($"tuning turned {turned} queries right, of which demonstrations turned {share:0.00}; of all wrong ones {any:0.00}; of the {permuted} that permuted labels turned {control:0.00}");
        if (turned < FewestTurned && context.Scale != RunScale.Smoke)
            context.NotTestable("predictions", text + ": too few", values);
        else
            context.Decide("predictions", share > any && share > control, text, values);
    }

    /// <param name="claim">The claim; that of the control has "-control" behind it.</param>
    private static void Likeness(ReproductionContext context, IReadOnlyList<IReadOnlyList<OverlapScores>> scores, string claim, string name,
        Func<OverlapScores, double> value, string against, Func<OverlapScores, double> baseline, Func<OverlapScores, double> control)
    {
        Measured Of(string what, Func<OverlapScores, double> measure) => new(what, [.. scores.Select(set => set.Average(measure))]);
        var (own, other, permuted) = (Of(name, value), Of(against, baseline), Of("permuted labels", control));
        string Said(Measured b) => string.Create(CultureInfo.InvariantCulture, $"{own.Name} {own.Mean:0.000}, {b.Name} {b.Mean:0.000}");
        context.Decide(claim, own.Mean - other.Mean >= Margin, Said(other), own, other);
        context.Decide(claim + "-control", own.Mean - permuted.Mean >= ControlMargin, Said(permuted), own, permuted);
    }
}
