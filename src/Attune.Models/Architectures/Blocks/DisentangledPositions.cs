using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>The vectors of relative positions, which all blocks of a DeBERTa share, and the place in them of each distance (He et al. 2021).</summary>
/// <param name="table">[2 · span, Hidden].</param>
/// <param name="norm">Of the vectors; null: none.</param>
/// <param name="span">Distances stand at the rows 0 … 2·span − 1; those beyond share the outermost.</param>
internal sealed class DisentangledPositions(VectorModule table, NormModule? norm, int span)
{
    /// <summary>Where distances beyond half of it go by their logarithm; 0: every distance has its row.</summary>
    public int Buckets { get; init; }

    /// <summary>The distance that takes the last bucket.</summary>
    public int Largest { get; init; }

    /// <summary>[2 · span, Hidden].</summary>
    public Tensor Vectors(Graph graph, SiteSet? sites)
    {
        var vectors = table.Apply(graph, sites);
        return norm?.Apply(graph, vectors, sites) ?? vectors;
    }

    /// <summary>The rows of the distances (query − key) −n + 1 … n − 1.</summary>
    public int[] Places(int n) => [.. Enumerable.Range(1 - n, 2 * n - 1).Select(d => Math.Clamp(Bucket(d) + span, 0, 2 * span - 1))];

    /// <summary>⌈log(|d| / m) / log((largest − 1) / m) · (m − 1)⌉ + m with the sign of d where |d| exceeds m = Buckets / 2; in float32, as the models were trained.</summary>
    private int Bucket(int distance)
    {
        var middle = Buckets / 2;
        if (Buckets <= 0 || Math.Abs(distance) <= middle)
            return distance;
        var logarithm = MathF.Log(Math.Abs(distance) / (float)middle) / MathF.Log((float)((Largest - 1) / (double)middle)) * (middle - 1);
        return Math.Sign(distance) * ((int)MathF.Ceiling(logarithm) + middle);
    }
}
