using Attune.Models;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.ImplicitTuning;

/// <summary>Momentum's sum against its recursion.</summary>
internal static class MomentumChecks
{
    /// <summary>Largest distance of the convolution's sums from the recursion in float64, over the largest sum; two sequences, so that none sees the other.</summary>
    public static double Recursion(SeededRandom random, double decay, int length)
    {
        const int Columns = 3;
        using var site = new MomentumAttention(decay, length, Columns);
        using var graph = new Graph(recording: false);
        var batch = new TokenBatch();
        batch.Add(new int[length]);
        batch.Add(new int[length / 2]);
        var (values, nothing) = (graph.Persistent.Matrix(batch.Count, Columns), graph.Persistent.Matrix(batch.Count, Columns));
        foreach (ref var v in values.Span)
            v = (float)random.NextNormal();
        nothing.Clear();
        site.See(values);
        var sums = site.Gathered(graph, default, nothing, default, batch);
        var (worst, largest) = (0.0, 0.0);
        foreach (var segment in batch.Segments)
            for (var c = 0; c < Columns; c++)
            {
                var expected = MomentumAttention.Recursion([.. Enumerable.Range(segment.Start, segment.Length).Select(r => (double)values[r][c])], decay);
                for (var t = 0; t < expected.Length; t++)
                    (worst, largest) = (Math.Max(worst, Math.Abs(expected[t] - sums[segment.Start + t][c])), Math.Max(largest, Math.Abs(expected[t])));
            }
        return worst / largest;
    }
}
