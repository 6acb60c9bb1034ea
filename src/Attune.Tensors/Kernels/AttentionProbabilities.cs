using Attune.Tensors.Autograd;

namespace Attune.Tensors.Kernels;

/// <summary>
/// The probabilities of attention, which the kernels never hold at once: as their formula stands, in float64, one pair at a time. For verification, and for
/// methods that read attention; slow.
/// </summary>
public static unsafe class AttentionProbabilities
{
    /// <summary>p[h, i, j] = softmax over j of the scores of query i of the range and its keys: [Heads, QueryCount, KeyCount], 0 where the mask hides a key.</summary>
    /// <param name="q">[rows, Heads·HeadDim], rotated where the model rotates.</param>
    /// <param name="k">[rows, KvHeads·HeadDim], likewise.</param>
    public static float[] Of(AttentionShape shape, AttentionBias bias, Tensor q, Tensor k, AttentionRange range)
    {
        shape.Check();
        bias.Check(shape, q.Rows);
        bias.Check(shape, range.Segment);
        var p = new float[shape.Heads * range.QueryCount * range.KeyCount];
        for (var head = 0; head < shape.Heads; head++)
            for (var i = 0; i < range.QueryCount; i++)
                Row(shape, bias, q, k, range, head, i, p.AsSpan((head * range.QueryCount + i) * range.KeyCount, range.KeyCount));
        return p;
    }

    private static void Row(AttentionShape shape, AttentionBias bias, Tensor q, Tensor k, AttentionRange range, int head, int i, Span<float> p)
    {
        var segment = range.Segment;
        var position = segment.Past + i;
        var (low, high) = shape.Visible(position, range.KeyCount);
        var added = bias.IsEmpty ? null : bias.Rows(segment).Row(head, position);
        var scores = new double[high - low];
        var max = double.NegativeInfinity;
        for (var j = low; j < high; j++)
        {
            var score = Score(shape, q.Row(range.QueryStart + i) + head * shape.HeadDim, k.Row(range.KeyStart + j) + head / shape.Group * shape.HeadDim);
            scores[j - low] = added == null ? score : score + added[j];
            max = Math.Max(max, scores[j - low]);
        }
        var sum = 0.0;
        foreach (ref var score in scores.AsSpan())
            sum += score = Math.Exp(score - max);
        for (var j = low; j < high; j++)
            p[j] = (float)(scores[j - low] / sum);
    }

    private static double Score(AttentionShape shape, float* q, float* k)
    {
        var sum = 0.0;
        for (var d = 0; d < shape.HeadDim; d++)
            sum += (double)q[d] * k[d];
        sum *= shape.Scale;
        return shape.SoftCap > 0 ? shape.SoftCap * Math.Tanh(sum / shape.SoftCap) : sum;
    }
}
