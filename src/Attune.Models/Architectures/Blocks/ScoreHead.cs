using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>From hidden states to scores over the vocabulary: cap(scale·map(input) + bias), then what sites make of them.</summary>
internal sealed class ScoreHead(LinearModule map)
{
    public LinearModule Map => map;

    /// <summary>From the stream to a narrower map; null: none.</summary>
    public LinearModule? Projection { get; init; }

    /// <summary>Factor on the states before the map.</summary>
    public float InputScale { get; init; } = 1;

    /// <summary>Factor on the scores.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>Added to the scores, besides the map's own bias; null: nothing.</summary>
    public VectorModule? Bias { get; init; }

    /// <summary>0, or the bound c of the scores, c·tanh(score / c).</summary>
    public float Cap { get; init; }

    /// <summary>What the map reads of hidden states [M, Hidden].</summary>
    public Tensor Input(Graph graph, Tensor hidden, SiteSet? sites)
    {
        hidden = Projection?.Apply(graph, hidden, sites) ?? hidden;
        return InputScale == 1 ? hidden : graph.Scale(hidden, InputScale);
    }

    /// <summary>[M, Hidden] → [M, Vocabulary].</summary>
    public Tensor Scores(Graph graph, Tensor hidden, TokenBatch batch, SiteSet? sites)
    {
        var scores = map.Apply(graph, Input(graph, hidden, sites), sites);
        if (Scale != 1)
            scores = graph.Scale(scores, Scale);
        if (Bias is not null)
            scores = graph.AddBias(scores, Bias.Apply(graph, sites));
        if (Cap > 0)
            scores = graph.SoftCap(scores, Cap);
        if (sites is not null)
            foreach (var site in sites.Logits)
                scores = site.Apply(graph, scores, batch);
        return scores;
    }

    /// <summary>Whether scores are the frozen map's alone, so that their loss needs only some rows of them at a time.</summary>
    public bool IsPlain(SiteSet? sites) =>
        (sites is null || sites.Logits.Count == 0 && sites.At(map) is null) && map.Bias is null && Bias is null && Scale == 1 && Cap == 0;
}
