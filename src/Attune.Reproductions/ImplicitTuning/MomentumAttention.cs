using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Reproductions.ImplicitTuning;

/// <summary>
/// Momentum attention (arXiv 2212.10559, §5): MoAttn(V, K, q_t) = Attn(V, K, q_t) + Σ_{i&lt;t} η^(t−i)·v_i, on every head's values. The sum is a convolution over the sequence
/// with the taps 0, η, η², …, as many as the context is long.
/// </summary>
internal sealed class MomentumAttention : IAttentionSite, IDisposable
{
    private readonly Parameter taps;
    private Tensor values;

    /// <param name="columns">Of the values: heads · headDim.</param>
    public MomentumAttention(double decay, int context, int columns)
    {
        taps = new Parameter("taps", columns, context);
        for (var back = 1; back < context; back++)
            for (var c = 0; c < columns; c++)
                taps.Value[c][context - 1 - back] = (float)Math.Pow(decay, back);
    }

    /// <summary>Shows the values of the layer that this acts on.</summary>
    public void See(Tensor v) => values = v;

    public Tensor Gathered(Graph graph, Tensor queries, Tensor gathered, AttentionShape shape, TokenBatch batch) =>
        graph.Add(gathered, graph.CausalConvolution(values, taps.Value, default, batch.Lengths()));

    /// <summary>Σ_{i&lt;t} η^(t−i)·v_i by its recursion, m_1 = 0, m_t = η·(m_{t−1} + v_{t−1}): what the convolution is tested against.</summary>
    public static double[] Recursion(IReadOnlyList<double> values, double decay)
    {
        var result = new double[values.Count];
        for (var t = 1; t < result.Length; t++)
            result[t] = decay * (result[t - 1] + values[t - 1]);
        return result;
    }

    public void Dispose() => taps.Dispose();
}
