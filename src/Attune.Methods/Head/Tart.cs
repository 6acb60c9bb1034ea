using Attune.Data;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Head;

/// <summary>Options of <see cref="Tart"/>.</summary>
public sealed record TartOptions : MethodOptions
{
    [Option("0: the reasoner that comes with Attune; else steps in which one is trained on synthetic tasks before the fit, about 2,400 and four minutes for one as good")]
    public int TrainSteps { get; init; }

    [Option("tasks in a step of that training")]
    public int TrainBatch { get; init; } = new TartPlan().Batch;

    [Option("highest rate of that training")]
    public double TrainRate { get; init; } = new TartPlan().Rate;

    [Option("coordinates of the whitened embeddings that a reasoner trained here reads")]
    public int Dimensions { get; init; } = new TartPlan().Dimensions;
}

/// <summary>
/// TART (Bhatia et al. 2023): a small Transformer, trained on synthetic logistic regression alone, reads the labelled rows' frozen embeddings, whitened in a few principal
/// coordinates, with their labels in between, and then the query's; nothing is trained on the task. More than two labels: one against the rest for each, shares of
/// the probabilities. The encoder sees each text alone (the paper's stream mode).
/// </summary>
public sealed class Tart : Method<TartOptions>
{
    public override MethodCard Card { get; } = new()
    {
        Name = "tart",
        Summary = "A Transformer trained on synthetic logistic regression predicts from the labelled rows' whitened embeddings in its context; more than two labels go one against the rest.",
        Paper = "Bhatia et al., TART: A plug-and-play Transformer module for task-agnostic reasoning, NeurIPS 2023 (arXiv 2306.07536)",
        Site = SiteKind.Head,
        View = ModelView.Encoder,
        Tasks = [TaskKind.Classification],
        LeastRows = 2,
        Cost = "an embedding a row to fit, and minutes once where train-steps asks for a reasoner of one's own; an embedding and a pass over the rows in the small Transformer per query and label",
    };

    /// <summary>Steps after which a reasoner should have learned something, and the loss that says it has not.</summary>
    private const int StepsToLearn = 500;

    private const double Unlearned = 0.6;

    protected override Adaptation Fit(FitContext context, TartOptions options)
    {
        if (options.TrainSteps < 0)
            throw new AttuneException(FormattableString.Invariant($"tart: train-steps is {options.TrainSteps}; give 0 for the reasoner that comes with Attune, or the steps of a training"));
        var encoder = context.RequireEncoder(Card.Name);
        var reasoner = options.TrainSteps == 0 ? ShippedReasoner.Load() : Train(context, options);
        var rows = Rows(context, reasoner.Capacity);
        var embeddings = encoder.Embed([.. rows.Select(r => r.Input.Text)], cancel: context.Cancellation);
        var features = WhitenedFeatures.Fit(embeddings, reasoner.Plan.Dimensions);
        var labels = context.Labels.ToList();
        var head = new TartHead(reasoner, features, features.Of(embeddings), [.. rows.Select(r => labels.IndexOf(r.Label))], labels.Count, options.TrainSteps > 0);
        return context.Of(this, options, head) with { Notes = Notes(context, rows.Count, features) };
    }

    /// <summary>A function of seed and options alone, whatever the rows.</summary>
    private static TartReasoner Train(FitContext context, TartOptions options)
    {
        var plan = new TartPlan { Steps = options.TrainSteps, Batch = options.TrainBatch, Rate = options.TrainRate, Dimensions = options.Dimensions };
        var (first, last) = (plan.Steps - plan.Steps / 10, 0.0);
        var reasoner = TartTraining.Train(plan, new SeededRandom((ulong)context.Seed), (step, loss) =>
        {
            last += step > first ? loss / (plan.Steps - first) : 0;
            context.Progress?.Invoke(step / (double)plan.Steps, FormattableString.Invariant($"reasoner, step {step} of {plan.Steps}, loss {loss:0.000}"));
        }, context.Cancellation);
        if (plan.Steps >= StepsToLearn && last > Unlearned)
            throw new AttuneException(FormattableString.Invariant($"tart: the reasoner's loss is {last:0.000} after {plan.Steps} steps, that of guessing is 0.693; train it with another --seed or a lower train-rate"), AttuneErrorKind.Work);
        reasoner.RoundToHalf();
        return reasoner;
    }

    /// <summary>The labelled rows in an order of the seed; of more than fit the same number of each label as far as there are.</summary>
    private static IReadOnlyList<Example> Rows(FitContext context, int most)
    {
        var rows = context.Examples.ToArray();
        context.Random("order").Shuffle<Example>(rows);
        if (rows.Length <= most)
            return rows;
        var rank = new Dictionary<string, int>(StringComparer.Ordinal);
        var kept = rows.Select((r, i) => (Row: r, Place: i, Rank: rank[r.Label] = rank.GetValueOrDefault(r.Label) + 1)).OrderBy(r => r.Rank).Take(most);
        return [.. kept.OrderBy(r => r.Place).Select(r => r.Row)];
    }

    private static IReadOnlyList<string> Notes(FitContext context, int rows, WhitenedFeatures features)
    {
        var notes = new List<string>();
        if (rows < context.Examples.Count)
            notes.Add(FormattableString.Invariant($"the reasoner takes {rows} labelled rows; {context.Examples.Count - rows} of {context.Examples.Count} were left out"));
        if (features.Used < features.Dimensions)
            notes.Add(FormattableString.Invariant($"{rows} rows allow {features.Used} whitened coordinates of {features.Dimensions}"));
        return notes;
    }
}
