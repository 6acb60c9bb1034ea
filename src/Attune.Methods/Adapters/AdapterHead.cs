using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Architectures.Blocks;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>The head that a classifier's adapter brings: one map from a sequence's pooled state, or from each token's, to scores of labels.</summary>
internal static class AdapterHead
{
    private static readonly string[] Names = ["classifier", "score"];

    /// <summary>pool(x)·Wᵀ + b [sequences, labels], or x·Wᵀ + b [M, labels] for labels of tokens; by the model's own head where the adapter brings none.</summary>
    /// <exception cref="AttuneException">Model or head is of a kind that is not known.</exception>
    public static Tensor Scores(AdapterReader reader, Graph graph, Tensor states, TokenBatch batch, SiteSet? sites)
    {
        if (reader.Model is not EncoderModel encoder)
            throw reader.Refused($"scores labels on {reader.Model.Architecture}, which is no encoder; only the heads of encoders are known");
        if (reader.Head.Count == 0)
            return encoder.Head is LabelHead own ? own.Apply(graph, states, batch, sites) : throw reader.Refused("brings no head, and the model has none that scores labels; use an adapter of a classifier");
        var (weight, bias) = Map(reader);
        var scores = graph.Product(Pooled(reader, encoder, graph, states, batch, sites), graph.Use(weight));
        return bias is null ? scores : graph.AddBias(scores, graph.Use(bias));
    }

    private static (Parameter Weight, Parameter? Bias) Map(AdapterReader reader)
    {
        foreach (var name in Names)
            if (Find(reader, name + ".weight") is { } weight && Find(reader, name + ".bias") is var bias && reader.Head.Count == (bias is null ? 1 : 2))
                return (weight, bias);
        throw reader.Refused($"has a head of {string.Join(", ", reader.Head.Select(h => h.Name))}; known is one map, named {string.Join(" or ", Names)}");
    }

    private static Parameter? Find(AdapterReader reader, string name) => reader.Head.FirstOrDefault(h => h.Name == name).Parameter;

    /// <summary>Vectors before the tokens are tokens of the sequence: the first of them is what a pooler reads. Keys before them are not.</summary>
    private static Tensor Pooled(AdapterReader reader, EncoderModel encoder, Graph graph, Tensor states, TokenBatch batch, SiteSet? sites) =>
        reader.Text("task_type") == "TOKEN_CLS" ? states
        : encoder.Pooler is { } pooler ? pooler.Apply(graph, states, batch, sites)
        : throw reader.Refused($"reads a pooled state, and this {reader.Model.Architecture} has no pooler; use the checkpoint that it was trained on");
}
