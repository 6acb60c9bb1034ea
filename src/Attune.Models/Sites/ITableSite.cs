using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Sites;

/// <summary>An intervention on a table of the model: other rows in place of some of its own, or something added to them.</summary>
public interface ITableSite
{
    /// <summary>The rows at <paramref name="ids"/> [ids.Length, Columns]; <see cref="TableModule.Base"/> gives the untouched ones.</summary>
    Tensor Rows(Graph graph, ReadOnlySpan<int> ids, TableModule table);
}
