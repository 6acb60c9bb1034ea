using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Vectors before every sequence.</summary>
/// <param name="rows">The vectors of a task on a graph, at least <paramref name="tokens"/> of them.</param>
internal class SoftPromptAdapter(AdapterReader reader, int tokens, Func<Graph, int, Tensor> rows) : PeftAdapter(reader), ISoftPrompt
{
    public int Length => tokens;

    public override void Attach(SiteSet sites)
    {
        base.Attach(sites);
        sites.SoftPrompt = this;
    }

    public Tensor Rows(Graph graph, int task)
    {
        var all = rows(graph, task);
        // Where the model has two parts, only the first set is used: that before the encoder's input.
        return all.Rows == tokens ? all : graph.GatherRows(all, Enumerable.Range(0, tokens).ToArray());
    }

    public override MergedWeights Merge() => throw CannotMerge("its vectors stand before the tokens");
}
