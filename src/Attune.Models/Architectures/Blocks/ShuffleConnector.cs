using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>The states of each square of factor × factor patches side by side, then one map (Laurençon et al., "Building and better understanding vision-language models", 2024).</summary>
/// <param name="grid">Patches of an image's side; a multiple of the factor.</param>
internal sealed class ShuffleConnector(LinearModule map, int grid, int factor) : ImageConnector
{
    private readonly int side = grid / factor;

    public override int Vectors => side * side;

    public override Tensor Apply(Graph graph, Tensor states, SiteSet? sites)
    {
        var rows = new int[states.Rows];
        var at = 0;
        for (var first = 0; first < states.Rows; first += grid * grid)
            for (var square = 0; square < Vectors; square++)
                for (var i = 0; i < factor * factor; i++)
                    rows[at++] = first + (square / side * factor + i / factor) * grid + square % side * factor + i % factor;
        return map.Apply(graph, graph.GatherRows(states, rows).Reshape(states.Rows / (factor * factor), states.Columns * factor * factor), sites);
    }
}
