using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Methods.Learners;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Head;

/// <summary>Head: a linear classifier over sentence embeddings, of the encoder as it is or with tuned weights of its own.</summary>
public sealed class EncoderHead(LinearClassifier classifier, EncoderWeights? tuned) : Intervention, IHeadIntervention
{
    private const string Name = "head";

    private (SentenceEncoder Encoder, SiteSet Sites)? bound;

    public override SiteKind Site => tuned is null ? SiteKind.Head : SiteKind.Weights;

    public override string Summary => tuned is null
        ? $"a linear classifier over {classifier.Dimension} embedding dimensions"
        : $"a linear classifier over embeddings of a tuned encoder ({tuned.Count} tensors)";

    public override long TrainedParameters => classifier.Weights.Length + classifier.Bias.Length + (tuned?.Parameters ?? 0);

    public IReadOnlyList<double[]> Predict(IReadOnlyList<Input> inputs, PredictionTools tools)
    {
        var encoder = tools.Encoder ?? throw new AttuneException("this adaptation needs its sentence encoder; give it with --encoder PATH");
        if (encoder.Dimensions != classifier.Dimension)
            throw new AttuneException($"this adaptation was fitted on embeddings of {classifier.Dimension} numbers, but {encoder.Name} gives {encoder.Dimensions}; give the encoder that it was fitted with");
        var vectors = encoder.Embed([.. inputs.Select(i => i.Text)], SitesFor(encoder), tools.Cancellation);
        return [.. vectors.Select(v => classifier.Probabilities(v))];
    }

    public override JsonObject Save(TensorBag tensors)
    {
        classifier.Save(tensors, Name);
        tuned?.Save(tensors);
        return new JsonObject { ["classes"] = classifier.Classes, ["tuned"] = tuned is not null };
    }

    public static EncoderHead Load(JsonObject json, TensorBag tensors) =>
        new(LinearClassifier.Load(tensors, Name, (int)json["classes"]!), (bool)json["tuned"]! ? EncoderWeights.Load(tensors) : null);

    private SiteSet? SitesFor(SentenceEncoder encoder)
    {
        if (tuned is null)
            return null;
        if (bound is { } b && ReferenceEquals(b.Encoder, encoder))
            return b.Sites;
        var sites = tuned.Attach(encoder.Transformer);
        bound = (encoder, sites);
        return sites;
    }
}
