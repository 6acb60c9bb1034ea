using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>
/// A mixture of experts (Shazeer et al. 2017): p = softmax(router(x)); the k experts of largest p work on the token, and their results are added with
/// their p as weights, which are divided by their sum where <paramref name="normalised"/>. A token's numbers do not depend on which others share its experts.
/// </summary>
internal sealed class ExpertMixture(LinearModule router, IReadOnlyList<FeedForward> experts, int chosen, bool normalised) : FeedForward
{
    public override Tensor Apply(Graph graph, Tensor x, SiteSet? sites)
    {
        var weights = graph.TopK(graph.Softmax(router.Apply(graph, x, sites)), chosen, out var columns);
        if (normalised)
            weights = graph.Divide(weights, graph.RowSum(weights));
        var places = new int[columns.Length];
        var results = new List<Tensor>();
        var at = 0;
        for (var e = 0; e < experts.Count; e++)
        {
            var rows = new List<int>();
            for (var i = 0; i < columns.Length; i++)
                if (columns[i] == e)
                {
                    places[i] = at++;
                    rows.Add(i / chosen);
                }
            if (rows.Count > 0)
                results.Add(experts[e].Apply(graph, graph.GatherRows(x, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows)), sites));
        }
        return graph.WeightedRows(graph.ConcatRows([.. results]), places, weights);
    }
}
