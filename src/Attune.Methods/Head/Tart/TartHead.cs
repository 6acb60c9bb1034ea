using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Head;

/// <summary>Head: a reasoner behind labelled rows. The adaptation carries the reasoner, so it answers alike whatever reasoner a later version ships.</summary>
/// <param name="rows">Features of the labelled rows [labels.Length, d].</param>
/// <param name="isOwn">Whether the reasoner was trained in this fit.</param>
public sealed class TartHead(TartReasoner reasoner, WhitenedFeatures features, float[] rows, int[] labels, int classes, bool isOwn = false) : Intervention, IHeadIntervention, IExportable
{
    /// <summary>The file in an adaptation's folder that holds the reasoner alone.</summary>
    public const string ReasonerFile = "reasoner.safetensors";

    public override SiteKind Site => SiteKind.Head;

    public override string Summary => FormattableString.Invariant($"a reasoner of {reasoner.Plan.Layers} layers over {labels.Length} labelled rows in {features.Used} whitened coordinates");

    /// <summary>None on the task; the reasoner was trained on synthetic tasks.</summary>
    public override long TrainedParameters => 0;

    public IReadOnlyList<double[]> Predict(IReadOnlyList<Input> inputs, PredictionTools tools)
    {
        var encoder = tools.Encoder ?? throw new AttuneException("this adaptation needs its sentence encoder; give it with --encoder PATH");
        var queries = features.Of(encoder.Embed([.. inputs.Select(i => i.Text)], cancel: tools.Cancellation));
        var result = inputs.Select(_ => new double[classes]).ToArray();
        // With two labels the logit is that of the second.
        for (var c = classes == 2 ? 1 : 0; c < classes; c++)
        {
            var logits = reasoner.Predict(rows, Array.ConvertAll(labels, l => l == c ? 1f : 0f), queries);
            for (var i = 0; i < result.Length; i++)
                result[i][c] = 1 / (1 + Math.Exp(-logits[i]));
        }
        foreach (var p in result)
            Share(p);
        return result;
    }

    public override JsonObject Save(TensorBag tensors)
    {
        reasoner.Save(tensors);
        features.Save(tensors);
        tensors.Add("rows", labels.Length, reasoner.Plan.Dimensions, rows);
        tensors.AddIntegers("labels", Array.ConvertAll(labels, l => (long)l));
        return new JsonObject { ["classes"] = classes };
    }

    public static TartHead Load(JsonObject json, TensorBag tensors)
    {
        var reasoner = TartReasoner.Load(tensors);
        var (rows, labels) = (tensors.Get("rows"), Array.ConvertAll(tensors.GetIntegers("labels"), l => (int)l));
        var classes = (int)json["classes"]!;
        if (rows.Rows != labels.Length || rows.Columns != reasoner.Plan.Dimensions || labels.Length > reasoner.Capacity || labels.Any(l => l < 0 || l >= classes))
            throw new AttuneException($"the adaptation's rows are [{rows.Rows}, {rows.Columns}] with {labels.Length} labels; fit it again");
        return new TartHead(reasoner, WhitenedFeatures.Load(tensors, reasoner.Plan.Dimensions), rows.Values, labels, classes);
    }

    /// <summary>A reasoner trained for this fit by itself, in the form in which one is shipped.</summary>
    public void Export(string folder, Adaptation adaptation)
    {
        if (!isOwn)
            return;
        var bag = new TensorBag();
        reasoner.Save(bag);
        bag.Write(Path.Combine(folder, ReasonerFile));
    }

    private void Share(double[] p)
    {
        if (classes == 2)
        {
            p[0] = 1 - p[1];
            return;
        }
        var sum = p.Sum();
        for (var i = 0; i < p.Length; i++)
            p[i] = sum > 0 ? p[i] / sum : 1.0 / p.Length;
    }
}
