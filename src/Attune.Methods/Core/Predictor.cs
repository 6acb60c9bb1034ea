using Attune.Data;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods;

/// <summary>
/// An adaptation bound to the models: inputs in, labels with probabilities out. Every method is measured and served by this code.
/// It is given inputs only, never labels.
/// </summary>
public sealed class Predictor : IDisposable
{
    private static int bindings;

    private readonly LanguageModel? model;
    private readonly SentenceEncoder? encoder;
    private readonly OverflowPolicy overflow;
    private readonly SiteSet? sites;

    /// <param name="anyModel">Take a model or encoder that is not the one the adaptation was fitted with.</param>
    /// <exception cref="AttuneException">The adaptation was fitted with other models, does not fit the model, or needs one that is not there.</exception>
    public Predictor(Adaptation adaptation, LanguageModel? model, SentenceEncoder? encoder, OverflowPolicy overflow, bool anyModel = false)
    {
        (Adaptation, this.model, this.encoder, this.overflow) = (adaptation, model, encoder, overflow);
        if (!anyModel)
        {
            ModelMatch.Require(adaptation.Provenance.Model, model?.Description, "model", "--model");
            ModelMatch.Require(adaptation.Provenance.Encoder, encoder?.Description, "encoder", "--encoder");
        }
        var attached = adaptation.Interventions.OfType<IModelIntervention>().ToArray();
        if (attached.Length == 0)
            return;
        var target = model ?? throw new AttuneException($"{adaptation.Provenance.Method} changes a language model; give one with --model PATH");
        sites = new SiteSet(target.Transformer, $"adaptation {Interlocked.Increment(ref bindings)}");
        foreach (var intervention in attached)
            intervention.Attach(sites, target);
    }

    public Adaptation Adaptation { get; }

    /// <summary>The model's sites with this adaptation's interventions; null if it has none there.</summary>
    public SiteSet? Sites => sites;

    private TaskSpec Task => Adaptation.Task;

    /// <summary>One prediction for each input, in order. A row's prediction does not depend on the others.</summary>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<Input> inputs, bool withPrompts = false, CancellationToken cancel = default)
    {
        var tools = new PredictionTools(Task, model, encoder, cancel);
        if (Adaptation.Interventions.OfType<IHeadIntervention>().FirstOrDefault() is { } head)
        {
            var probabilities = head.Predict(inputs, tools);
            return [.. inputs.Select((input, i) => Prediction.Of(LabelsOf(input), probabilities[i], 0))];
        }
        return PredictByScores(inputs, tools, withPrompts);
    }

    /// <summary>The label scores (natural logarithms, after the template's kind of score) of each input, before any score intervention.</summary>
    public IReadOnlyList<double[]?> Scores(IReadOnlyList<Input> inputs, CancellationToken cancel = default) =>
        ScoreRows(Prepare(inputs, new PredictionTools(Task, model, encoder, cancel)), cancel);

    /// <summary>The prompts as the model will see them.</summary>
    public IReadOnlyList<BuiltPrompt> Prompts(IReadOnlyList<Input> inputs, CancellationToken cancel = default) =>
        [.. Prepare(inputs, new PredictionTools(Task, model, encoder, cancel)).Select(r => r.Prompt)];

    public void Dispose()
    {
        if (sites is not null)
            model!.Forget(sites);
    }

    private sealed record Row(IReadOnlyList<string> Labels, int[][] LabelTokens, BuiltPrompt Prompt, BuiltPrompt? Empty);

    private IReadOnlyList<Prediction> PredictByScores(IReadOnlyList<Input> inputs, PredictionTools tools, bool withPrompts)
    {
        var rows = Prepare(inputs, tools);
        var scores = ScoreRows(rows, tools.Cancellation);
        var kept = Enumerable.Range(0, rows.Count).Where(i => scores[i] is not null).ToArray();
        var keptScores = kept.Select(i => scores[i]!).ToArray();
        foreach (var intervention in Adaptation.Interventions.OfType<IScoreIntervention>())
            intervention.Apply(keptScores, [.. kept.Select(i => inputs[i])]);
        var result = new Prediction[rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            var prediction = scores[i] is { } s
                ? Prediction.Of(rows[i].Labels, Softmax(s), rows[i].Prompt.Tokens.Length) with { Overflow = rows[i].Prompt.Overflow }
                : Prediction.Dropped(rows[i].Labels);
            result[i] = withPrompts
                ? prediction with { Prompt = rows[i].Prompt.Text, Tokens = [.. rows[i].Prompt.Tokens.Select(model!.Tokenizer.TokenText)] }
                : prediction;
        }
        return result;
    }

    private List<Row> Prepare(IReadOnlyList<Input> inputs, PredictionTools tools)
    {
        var target = model ?? throw new AttuneException($"{Adaptation.Provenance.Method} needs a language model; give one with --model PATH");
        var prompting = Adaptation.Interventions.OfType<IPromptIntervention>().FirstOrDefault();
        var template = prompting?.Template ?? Task.Template;
        var builder = new PromptBuilder(target, template, overflow);
        var demonstrations = prompting?.Demonstrations(inputs, tools);
        var shared = Task.Kind == TaskKind.MultipleChoice ? null : builder.Labels(Task.Labels);
        var rows = new List<Row>(inputs.Count);
        for (var i = 0; i < inputs.Count; i++)
        {
            var labels = LabelsOf(inputs[i]);
            var tokens = shared ?? builder.Labels(labels);
            // What an intervention sets before the prompt takes positions too.
            var room = target.PositionsBeside(tokens.Max(t => t.Length), sites);
            IReadOnlyList<Example> demos = demonstrations?[i] ?? [];
            var prompt = builder.Build(demos, inputs[i], room);
            // The same demonstrations as the prompt kept, so that the difference is the input's.
            var empty = template.LabelScore == LabelScore.Pmi && !prompt.Dropped ? builder.Build(prompt.Demonstrations, inputs[i].WithEveryField(template.PmiText), room) : null;
            rows.Add(new Row(labels, tokens, empty is { Dropped: true } ? empty : prompt, empty));
        }
        return rows;
    }

    private double[]?[] ScoreRows(List<Row> rows, CancellationToken cancel)
    {
        var template = Adaptation.Interventions.OfType<IPromptIntervention>().FirstOrDefault()?.Template ?? Task.Template;
        var kept = rows.Where(r => !r.Prompt.Dropped).ToArray();
        // Only the first token is read where only it counts.
        var first = template.LabelScore == LabelScore.FirstToken;
        int[][] Wanted(Row r) => first ? [.. r.LabelTokens.Select(t => t[..1])] : r.LabelTokens;
        var scored = model!.Score([.. kept.Select(r => new Models.Generation.ScoreRequest(r.Prompt.Tokens, Wanted(r)))], sites, cancel);
        var empties = template.LabelScore == LabelScore.Pmi
            ? model.Score([.. kept.Select(r => new Models.Generation.ScoreRequest(r.Empty!.Tokens, r.LabelTokens))], sites, cancel)
            : null;
        var result = new double[]?[rows.Count];
        var next = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Prompt.Dropped)
                continue;
            var scores = new double[rows[i].Labels.Count];
            for (var l = 0; l < scores.Length; l++)
            {
                var sum = scored[next].TokenLogProbabilities[l].Sum();
                scores[l] = template.LabelScore switch
                {
                    LabelScore.MeanPerToken => sum / rows[i].LabelTokens[l].Length,
                    LabelScore.Pmi => sum - empties![next].TokenLogProbabilities[l].Sum(),
                    _ => sum,
                };
            }
            result[i] = scores;
            next++;
        }
        return result;
    }

    private IReadOnlyList<string> LabelsOf(Input input) => Task.Kind == TaskKind.MultipleChoice
        ? input.Choices ?? throw new AttuneException("a row of a multiple-choice task has no choices")
        : Task.Labels;

    /// <summary>e^(s − max) / Σ.</summary>
    private static double[] Softmax(double[] scores)
    {
        var maximum = scores.Max();
        var e = Array.ConvertAll(scores, s => Math.Exp(s - maximum));
        var sum = e.Sum();
        return Array.ConvertAll(e, v => v / sum);
    }
}
