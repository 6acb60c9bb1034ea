namespace Attune.Tensors.Kernels;

/// <summary>
/// Buckets of distances for relative position biases (Raffel et al., "T5", 2020, section 2.1; MPNet has the same): one for each short distance,
/// then wider ones by the logarithm up to a largest distance, beyond which all share the last.
/// </summary>
public static class AttentionBuckets
{
    /// <summary>
    /// The bucket of key − query. Both ways: half of the buckets for each direction, those of keys ahead second. One way: keys ahead count as distance 0.
    /// Logarithms in float32, as the models were trained: at a border a bucket hangs on the rounding.
    /// </summary>
    /// <param name="distance">Position of the key less that of the query.</param>
    /// <param name="buckets">How many there are, at least 2, or 4 both ways.</param>
    /// <param name="largest">The distance from which on all fall into the last bucket.</param>
    /// <param name="bothWays">True in encoders, false in causal decoders.</param>
    public static int Of(int distance, int buckets, int largest, bool bothWays)
    {
        var first = 0;
        if (bothWays)
        {
            buckets /= 2;
            first = distance > 0 ? buckets : 0;
        }
        var away = bothWays ? Math.Abs(distance) : Math.Max(0, -distance);
        var exact = buckets / 2;
        if (away < exact)
            return first + away;
        var wide = MathF.Log((float)away / exact) / (float)Math.Log((double)largest / exact) * (buckets - exact);
        return first + Math.Min(buckets - 1, exact + (int)wide);
    }

    /// <summary>The buckets of the distances −<paramref name="reach"/> + 1 … <paramref name="reach"/> − 1; distance 0 stands at <paramref name="reach"/> − 1.</summary>
    public static int[] Around(int reach, int buckets, int largest, bool bothWays)
    {
        var all = new int[2 * reach - 1];
        for (var i = 0; i < all.Length; i++)
            all[i] = Of(i - reach + 1, buckets, largest, bothWays);
        return all;
    }
}
