using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Weights;

namespace Attune.Models.Architectures;

/// <summary>A table of vectors that is looked up by row (token embeddings, learned positions), under its name in a Hugging Face checkpoint.</summary>
public sealed class TableModule(string name, int index, WeightMatrix weight)
{
    /// <summary>For instance "model.embed_tokens.weight".</summary>
    public string Name { get; } = name;

    /// <summary>Place in <see cref="TransformerModel.Tables"/>.</summary>
    public int Index { get; } = index;

    public WeightMatrix Weight { get; } = weight;

    public int Rows => Weight.Rows;

    public int Columns => Weight.Columns;

    /// <summary>The rows at <paramref name="ids"/>, [ids.Length, Columns], with whatever <paramref name="sites"/> hang on the table.</summary>
    public Tensor Look(Graph graph, ReadOnlySpan<int> ids, SiteSet? sites) =>
        sites?.At(this) is { } site ? site.Rows(graph, ids, this) : Base(graph, ids);

    /// <summary>The frozen rows; they live until the graph is reset.</summary>
    public Tensor Base(Graph graph, ReadOnlySpan<int> ids)
    {
        foreach (var id in ids)
            if ((uint)id >= (uint)Rows)
                throw new AttuneException(FormattableString.Invariant($"row {id} is outside the {Rows} rows of '{Name}'; the tokenizer is of another model, or the text is too long"));
        using var _ = Profile.Measure(OperationKind.Rows, 0, 8L * ids.Length * Columns);
        var x = graph.Persistent.Matrix(ids.Length, Columns);
        Weight.ReadRows(ids, x);
        return x;
    }
}
