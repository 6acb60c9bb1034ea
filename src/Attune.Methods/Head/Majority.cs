using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Models.Sites;

namespace Attune.Methods.Head;

/// <summary>Options of <see cref="Majority"/>: there are none.</summary>
public sealed record MajorityOptions : MethodOptions;

/// <summary>
/// The floor: answers with the labels' shares among the labelled rows, without reading the input. Without rows, all labels alike.
/// </summary>
public sealed class Majority : Method<MajorityOptions>
{
    public override MethodCard Card { get; } = new()
    {
        Name = "majority",
        Summary = "Always answers with the commonest label of the labelled rows: the floor that every method must beat.",
        Paper = "none: the majority-class rule",
        Site = SiteKind.Head,
        View = ModelView.None,
        Set = MethodSet.Quick,
        Cost = "nothing to fit, nothing per query",
    };

    protected override Adaptation Fit(FitContext context, MajorityOptions options)
    {
        // Multiple choice has no common labels: every choice alike.
        var counts = context.Labels.Select(l => (double)context.Examples.Count(e => e.Label == l)).ToArray();
        var sum = counts.Sum();
        return context.Of(this, options, new LabelShares([.. counts.Select(c => sum == 0 ? 1.0 / counts.Length : c / sum)]));
    }
}

/// <summary>Head: the same probabilities for every input.</summary>
public sealed class LabelShares(double[] shares) : Intervention, IHeadIntervention
{
    public override SiteKind Site => SiteKind.Head;

    public override string Summary => "answers with the labels' shares";

    public IReadOnlyList<double[]> Predict(IReadOnlyList<Input> inputs, PredictionTools tools) =>
        [.. inputs.Select(i => i.Choices is { } choices ? [.. choices.Select(_ => 1.0 / choices.Count)] : (double[])shares.Clone())];

    public override JsonObject Save(TensorBag tensors) => new() { ["shares"] = new JsonArray([.. shares.Select(s => (JsonNode)s)]) };

    public static LabelShares Load(JsonObject json, TensorBag tensors) => new([.. json["shares"]!.AsArray().Select(s => (double)s!)]);
}
