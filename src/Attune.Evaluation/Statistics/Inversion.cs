namespace Attune.Evaluation.Statistics;

/// <summary>Solves monotone equations over the positive doubles, whatever the magnitude of the answer.</summary>
internal static class Inversion
{
    /// <summary>
    /// The least x in [0, <paramref name="high"/>] at which <paramref name="reached"/> holds, for a condition that once true
    /// stays true. Positive doubles are ordered as their bits are, so halving the bits meets the answer to the last bit in
    /// about 62 steps, at 1e-100 as at 1.
    /// </summary>
    public static double First(double high, Func<double, bool> reached)
    {
        if (reached(0))
            return 0;
        long below = 0, above = BitConverter.DoubleToInt64Bits(high);
        while (above - below > 1)
        {
            var middle = below + (above - below) / 2;
            if (reached(BitConverter.Int64BitsToDouble(middle)))
                above = middle;
            else
                below = middle;
        }
        return BitConverter.Int64BitsToDouble(above);
    }
}
