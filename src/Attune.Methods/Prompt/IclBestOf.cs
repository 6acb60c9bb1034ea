using Attune.Data;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Prompt;

/// <summary>Options of <see cref="IclBestOf"/>.</summary>
public sealed record IclBestOfOptions : MethodOptions
{
    [Option("most demonstrations in the prompt; half of the labelled rows at most, so that the other half can judge")]
    public int Demonstrations { get; init; } = 16;

    [Option("sets of demonstrations that are drawn and tried")]
    public int Candidates { get; init; } = 8;

    [Option("the same number of each label, as far as rows allow")]
    public bool Balanced { get; init; } = true;
}

/// <summary>
/// The best of N random sets of demonstrations, chosen on the labelled rows alone (Perez et al. 2021, section 2): a set S is judged by
/// the mean of ln p(label | S, input) over the labelled rows that are not in S. No row is judged by a prompt that shows it.
/// </summary>
public sealed class IclBestOf : Method<IclBestOfOptions>
{
    public override MethodCard Card { get; } = new()
    {
        Name = "icl-best-of",
        Summary = "The best of several random sets of demonstrations, judged on the labelled rows that they leave out.",
        Paper = "Perez, Kiela and Cho, True Few-Shot Learning with Language Models, NeurIPS 2021 (arXiv 2105.11447)",
        Site = SiteKind.Prompt,
        View = ModelView.Text,
        LeastRows = 2,
        Cost = "a prediction of the labelled rows left out for each set tried; a long prompt per query, its demonstrations computed once",
    };

    protected override Adaptation Fit(FitContext context, IclBestOfOptions options)
    {
        context.RequireModel(Card.Name);
        if (options.Demonstrations < 1 || options.Candidates < 1)
            throw new AttuneException($"icl-best-of: demonstrations is {options.Demonstrations} and candidates {options.Candidates}; both must be at least 1");
        var count = Math.Min(options.Demonstrations, context.Examples.Count / 2);
        var (best, highest, lowest) = ((Adaptation?)null, double.NegativeInfinity, double.PositiveInfinity);
        for (var i = 0; i < options.Candidates; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var set = DemonstrationDraw.Draw(context.Examples, count, options.Balanced, context.Random("icl-best-of").Fork(FormattableString.Invariant($"set {i}")));
            var candidate = context.Of(this, options, new FixedDemonstrations(set));
            var score = Judge(context, candidate, set);
            lowest = Math.Min(lowest, score);
            // The first of equals, and one set at least where no prompt fits.
            if (best is null || score > highest)
                (best, highest) = (candidate, score);
            context.Progress?.Invoke((i + 1.0) / options.Candidates, "trying demonstrations");
        }
        return best! with { Notes = [FormattableString.Invariant($"of {options.Candidates} sets of {count} demonstrations the best gives left-out labels a mean log-probability of {highest:0.000}, the worst {lowest:0.000}")] };
    }

    /// <summary>Mean ln p(label) of the rows that are not in the set; −∞ where no prompt fits.</summary>
    private static double Judge(FitContext context, Adaptation candidate, IReadOnlyList<Example> set)
    {
        var shown = set.Select(e => e.Input.Text).ToHashSet(StringComparer.Ordinal);
        var rows = context.Examples.Where(e => !shown.Contains(e.Input.Text)).ToList();
        using var predictor = context.Bind(candidate);
        var predictions = predictor.Predict([.. rows.Select(r => r.Input)], cancel: context.Cancellation);
        var logs = rows.Zip(predictions, (row, p) => p.Label is null ? double.NaN : Math.Log(Math.Max(p.Probabilities[p.Labels.ToList().IndexOf(row.Label)], 1e-30))).Where(l => !double.IsNaN(l)).ToList();
        return logs.Count == 0 ? double.NegativeInfinity : logs.Average();
    }
}
