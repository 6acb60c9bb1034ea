using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>Attention as its formula stands, in float64, one query at a time.</summary>
internal static class AttentionReference
{
    /// <summary>What is added to the score of a row of q, a head, a position and a key.</summary>
    public delegate double Bias(int row, int head, int position, int key);

    public static double[] Forward(AttentionShape shape, IEnumerable<AttentionRange> ranges, float[] q, float[] k, float[] v, Bias? bias = null)
    {
        var y = new double[q.Length];
        foreach (var range in ranges)
            for (var i = 0; i < range.QueryCount; i++)
                for (var head = 0; head < shape.Heads; head++)
                    Row(shape, range, i, head, q, k, v, y, bias);
        return y;
    }

    private static void Row(AttentionShape shape, AttentionRange range, int i, int head, float[] q, float[] k, float[] v, double[] y, Bias? bias)
    {
        var position = i + range.KeyCount - range.QueryCount;
        var at = (range.QueryStart + i) * shape.QueryColumns + head * shape.HeadDim;
        var scores = new double[range.KeyCount];
        for (var j = 0; j < range.KeyCount; j++)
        {
            var key = Key(shape, range, j, head);
            for (var d = 0; d < shape.HeadDim; d++)
                scores[j] += (double)q[at + d] * k[key + d];
            scores[j] *= shape.Scale;
            if (shape.SoftCap > 0)
                scores[j] = shape.SoftCap * Math.Tanh(scores[j] / shape.SoftCap);
            scores[j] += bias?.Invoke(range.QueryStart + i, head, position, j) ?? 0;
            if ((shape.Causal && j > position) || (shape.Window > 0 && j <= position - shape.Window) || (shape.Symmetric && j >= position + shape.Window))
                scores[j] = double.NegativeInfinity;
        }
        var max = scores.Max();
        var sum = scores.Sum(s => Math.Exp(s - max));
        for (var j = 0; j < range.KeyCount; j++)
            for (var d = 0; d < shape.HeadDim; d++)
                y[at + d] += Math.Exp(scores[j] - max) / sum * v[Key(shape, range, j, head) + d];
    }

    private static int Key(AttentionShape shape, AttentionRange range, int j, int head) =>
        (range.KeyStart + j) * shape.KeyColumns + head / (shape.Heads / shape.KvHeads) * shape.HeadDim;
}
