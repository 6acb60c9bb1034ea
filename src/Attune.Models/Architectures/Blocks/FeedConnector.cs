using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>Every token's state through two maps (Liu et al., "LLaVA 1.5", 2024); the class token is left out where asked.</summary>
/// <param name="tokens">Of an image.</param>
/// <param name="skipped">How many of an image's first tokens are left out.</param>
internal sealed class FeedConnector(FeedForward feed, int tokens, int skipped) : ImageConnector
{
    public override int Vectors => tokens - skipped;

    public override Tensor Apply(Graph graph, Tensor states, SiteSet? sites)
    {
        var rows = Enumerable.Range(0, states.Rows).Where(r => r % tokens >= skipped).ToArray();
        return feed.Apply(graph, skipped == 0 ? states : graph.GatherRows(states, rows), sites);
    }
}
