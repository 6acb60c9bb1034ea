using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Methods.Adapters;

/// <summary>Some rows of a table of embeddings in place of its own; a head that shares the table uses them too.</summary>
internal sealed class TrainedRows(TableModule table, IReadOnlyList<int> tokens, Parameter rows) : ITableSite, IWeightSite, IMergeable
{
    public Tensor Rows(Graph graph, ReadOnlySpan<int> ids, TableModule _)
    {
        var order = new int[ids.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = IndexOf(ids[i]) is var at and >= 0 ? ids.Length + at : i;
        return graph.GatherRows(graph.ConcatRows(table.Base(graph, ids), graph.Use(rows)), order);
    }

    /// <summary>The scores of the head, in which the columns of the trained rows are those of the new ones.</summary>
    public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites)
    {
        var scores = graph.Linear(x, module.Weight);
        var both = graph.ConcatColumns(scores, graph.Product(x, graph.Use(rows)));
        return module.Biased(graph, graph.GatherColumns(both, Runs(module.Outputs)), sites);
    }

    /// <summary>The rows' numbers now.</summary>
    public float[] Numbers() => rows.Value.Span.ToArray();

    public void Merge(MergedWeights weights)
    {
        var w = weights.Of(table);
        for (var i = 0; i < tokens.Count; i++)
            rows.Value[i].CopyTo(w[tokens[i]]);
    }

    private int IndexOf(int token)
    {
        for (var i = 0; i < tokens.Count; i++)
            if (tokens[i] == token)
                return i;
        return -1;
    }

    private ColumnRun[] Runs(int columns)
    {
        var runs = new List<ColumnRun>();
        var from = 0;
        foreach (var (token, index) in tokens.Select((t, i) => (t, i)).OrderBy(t => t.t))
        {
            if (token > from)
                runs.Add(new ColumnRun(from, token - from));
            runs.Add(new ColumnRun(columns + index, 1));
            from = token + 1;
        }
        if (from < columns)
            runs.Add(new ColumnRun(from, columns - from));
        return [.. runs];
    }
}
