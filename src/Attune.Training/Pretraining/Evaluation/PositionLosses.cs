using System.Numerics;

namespace Attune.Training.Pretraining;

/// <summary>Sums losses by position, in bins that double: 0, 1, 2–3, 4–7, …</summary>
internal sealed class PositionLosses(int context)
{
    private readonly double[] sums = new double[BinOf(context - 1) + 1];
    private readonly long[] counts = new long[BinOf(context - 1) + 1];

    public long Tokens => counts.Sum();

    public double Mean => sums.Sum() / Tokens;

    /// <summary>The bins that have tokens.</summary>
    public IReadOnlyList<PositionLoss> Bins =>
    [
        .. Enumerable.Range(0, sums.Length).Where(b => counts[b] > 0)
            .Select(b => new PositionLoss(b == 0 ? 0 : 1 << (b - 1), b == 0 ? 0 : Math.Min(context, 1 << b) - 1, sums[b] / counts[b], counts[b])),
    ];

    /// <param name="position">Tokens before the one that was read.</param>
    public void Add(int position, double loss)
    {
        var bin = BinOf(position);
        sums[bin] += loss;
        counts[bin]++;
    }

    private static int BinOf(int position) => position == 0 ? 0 : BitOperations.Log2((uint)position) + 1;
}
