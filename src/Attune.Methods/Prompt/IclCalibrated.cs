using System.Text;
using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Prompt;

/// <summary>What stands for an input without content.</summary>
public enum CalibrationKind
{
    /// <summary>"N/A", "[MASK]" and the empty text (Zhao et al. 2021).</summary>
    Contextual,

    /// <summary>Random words of the labelled rows' texts (Fei et al. 2023).</summary>
    Domain,
}

/// <summary>Options of <see cref="IclCalibrated"/>.</summary>
public sealed record IclCalibratedOptions : MethodOptions
{
    [Option("the content-free inputs: three fixed texts, or random words of the domain")]
    public CalibrationKind Calibration { get; init; } = CalibrationKind.Contextual;

    [Option("most demonstrations in the prompt")]
    public int Demonstrations { get; init; } = 16;

    [Option("the same number of each label, as far as rows allow")]
    public bool Balanced { get; init; } = true;

    [Option("random-word texts of domain calibration")]
    public int Samples { get; init; } = 20;
}

/// <summary>
/// Calibrated in-context learning. The mean probabilities p̄ that the model gives the labels behind inputs without content measure its
/// bias; each query's probabilities are divided by them and normalised, W = diag(p̄)⁻¹, b = 0: contextual calibration (Zhao et al. 2021,
/// section 5) with the inputs "N/A", "[MASK]", "", or domain-context calibration (Fei et al. 2023, equation 3) with random
/// words of the task's texts, of their mean length. Demonstrations are those of random few-shot learning; without rows, none.
/// </summary>
public sealed class IclCalibrated : Method<IclCalibratedOptions>
{
    private static readonly string[] ContentFree = ["N/A", "[MASK]", ""];

    public override MethodCard Card { get; } = new()
    {
        Name = "icl-calibrated",
        Summary = "Random demonstrations, and label probabilities divided by those behind inputs without content.",
        Paper = "Zhao et al., Calibrate Before Use, ICML 2021; Fei et al., Mitigating Label Biases for In-context Learning, ACL 2023",
        Site = SiteKind.Prompt,
        View = ModelView.Text,
        Tasks = [TaskKind.Classification],
        Set = MethodSet.Standard,
        Cost = "3 (or 20) content-free prompts to fit; a long prompt per query, its demonstrations computed once",
    };

    protected override Adaptation Fit(FitContext context, IclCalibratedOptions options)
    {
        context.RequireModel(Card.Name);
        if (options.Demonstrations < 0 || options.Samples < 1)
            throw new AttuneException("icl-calibrated: demonstrations must be at least 0 and samples at least 1");
        if (options.Calibration == CalibrationKind.Domain && context.Examples.Count == 0 && context.Unlabelled.Count == 0)
            throw new AttuneException("icl-calibrated with domain calibration draws words from the task's texts and has none; give it shots, or use contextual calibration");
        var demonstrations = new FixedDemonstrations(DemonstrationDraw.Draw(context.Examples, options.Demonstrations, options.Balanced, context.Random("icl-calibrated")));
        using var predictor = context.Bind(context.Of(this, options, demonstrations));
        var inputs = options.Calibration == CalibrationKind.Contextual ? Fixed(context) : RandomWords(context, options.Samples);
        var scores = predictor.Scores(inputs, context.Cancellation);
        var prior = new double[context.Labels.Count];
        var counted = 0;
        foreach (var row in scores)
        {
            if (row is null)
                continue;
            counted++;
            var maximum = row.Max();
            var sum = row.Sum(s => Math.Exp(s - maximum));
            for (var l = 0; l < prior.Length; l++)
                prior[l] += Math.Exp(row[l] - maximum) / sum;
        }
        if (counted == 0)
            throw new AttuneException("icl-calibrated: no content-free prompt fits the model's context; use fewer demonstrations");
        // A label that never gets any probability is bounded, so that its own can be divided by it.
        return context.Of(this, options, demonstrations, new LabelPrior([.. prior.Select(p => Math.Log(Math.Max(p / counted, 1e-30)))]));
    }

    private static Input[] Fixed(FitContext context) =>
        [.. ContentFree.Select(text => Blank(context, text))];

    private static Input[] RandomWords(FitContext context, int samples)
    {
        var texts = context.Examples.Select(e => e.Input).Concat(context.Unlabelled)
            .Select(i => i.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToArray();
        var words = texts.SelectMany(t => t).ToArray();
        var length = Math.Max(1, (int)Math.Round(texts.Average(t => t.Length)));
        var random = context.Random("domain words");
        return [.. Enumerable.Range(0, samples).Select(_ =>
        {
            var text = new StringBuilder();
            for (var i = 0; i < length; i++)
                text.Append(i > 0 ? " " : "").Append(words[random.Next(words.Length)]);
            return Blank(context, text.ToString());
        })];
    }

    private static Input Blank(FitContext context, string text)
    {
        var fields = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in context.Task.Fields)
            fields[field] = text;
        return new Input(fields);
    }
}

/// <summary>Label scores: subtracts the logarithm of what each label gets behind inputs without content.</summary>
public sealed class LabelPrior(double[] logPrior) : Intervention, IScoreIntervention
{
    public override SiteKind Site => SiteKind.Logits;

    public override string Summary => "label probabilities divided by " + string.Join(", ", logPrior.Select(p => Math.Exp(p).ToString("0.000", System.Globalization.CultureInfo.InvariantCulture)));

    public void Apply(IReadOnlyList<double[]> scores, IReadOnlyList<Input> inputs)
    {
        foreach (var row in scores)
        {
            // Scores are sums of logarithms over the vocabulary; calibration divides probabilities among the labels.
            var maximum = row.Max();
            var normaliser = maximum + Math.Log(row.Sum(s => Math.Exp(s - maximum)));
            for (var l = 0; l < row.Length; l++)
                row[l] = row[l] - normaliser - logPrior[l];
        }
    }

    public override JsonObject Save(TensorBag tensors) => new() { ["log-prior"] = new JsonArray([.. logPrior.Select(p => (JsonNode)p)]) };

    public static LabelPrior Load(JsonObject json, TensorBag tensors) => new([.. json["log-prior"]!.AsArray().Select(p => (double)p!)]);
}
