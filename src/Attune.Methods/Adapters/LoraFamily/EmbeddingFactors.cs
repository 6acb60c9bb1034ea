using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Methods.Adapters;

/// <summary>Low-rank factors beside a table of embeddings: row t becomes E_t + s·B·A[:, t], A [r, tokens], B [width, r]. A head that shares the table keeps its own.</summary>
public sealed class EmbeddingFactors(TableModule table, Parameter a, Parameter b, float scale) : ITableSite, IMergeable
{
    public Tensor Rows(Graph graph, ReadOnlySpan<int> ids, TableModule _)
    {
        var rows = table.Base(graph, ids);
        var runs = new ColumnRun[ids.Length];
        for (var i = 0; i < runs.Length; i++)
            runs[i] = new ColumnRun(ids[i], 1);
        var narrow = graph.Transpose(graph.GatherColumns(graph.Use(a), runs));
        return graph.Add(rows, graph.Product(graph.Scale(narrow, scale), graph.Use(b)));
    }

    public void Merge(MergedWeights weights)
    {
        using var graph = new Graph(recording: false);
        var w = weights.Of(table);
        graph.Add(w, graph.Product(graph.Scale(graph.Transpose(a.Value), scale), b.Value)).Span.CopyTo(w.Span);
    }
}
