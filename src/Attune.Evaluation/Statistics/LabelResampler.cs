using Attune.Tensors;

namespace Attune.Evaluation.Statistics;

/// <summary>Draws seeds and rows of class indices for <see cref="TwoLevelBootstrap"/>, into buffers that are used again for each draw.</summary>
internal sealed class LabelResampler
{
    private readonly IReadOnlyList<int[]> gold;
    private readonly IReadOnlyList<IReadOnlyList<int[]>> predicted;
    private readonly int[][] drawnGold;
    private readonly int[][][] drawnPredicted;
    private readonly int[] drawnRows;

    public LabelResampler(IReadOnlyList<int[]> gold, IReadOnlyList<IReadOnlyList<int[]>> predicted)
    {
        (this.gold, this.predicted) = (gold, predicted);
        foreach (var method in predicted)
        {
            Require.SameLength("TwoLevelBootstrap: seeds", gold.Count, method.Count);
            for (var s = 0; s < gold.Count; s++)
                Require.SameLength("TwoLevelBootstrap: rows", gold[s].Length, method[s].Length);
        }
        RowsOfSeeds = gold.Select(g => g.Length).ToArray();
        var largest = RowsOfSeeds.DefaultIfEmpty().Max();
        drawnRows = new int[gold.Count];
        drawnGold = Buffers();
        drawnPredicted = predicted.Select(_ => Buffers()).ToArray();

        int[][] Buffers() => gold.Select(_ => new int[largest]).ToArray();
    }

    public int[] RowsOfSeeds { get; }

    /// <summary>Draws once, and returns what <paramref name="value"/> makes of it.</summary>
    public double Next(SeededRandom random, Func<LabelResampler, double> value)
    {
        for (var slot = 0; slot < gold.Count; slot++)
        {
            var seed = gold.Count == 1 ? 0 : TwoLevelBootstrap.Index(random, gold.Count);
            drawnRows[slot] = gold[seed].Length;
            for (var i = 0; i < drawnRows[slot]; i++)
                Copy(slot, i, seed, TwoLevelBootstrap.Index(random, drawnRows[slot]));
        }
        return value(this);
    }

    /// <summary>What <paramref name="value"/> makes of every seed and row as they are.</summary>
    public double Whole(Func<LabelResampler, double> value)
    {
        for (var seed = 0; seed < gold.Count; seed++)
        {
            drawnRows[seed] = gold[seed].Length;
            for (var i = 0; i < drawnRows[seed]; i++)
                Copy(seed, i, seed, i);
        }
        return value(this);
    }

    /// <summary>The mean over the drawn seeds of a method's statistic.</summary>
    public double Mean(int method, LabelStatistic statistic)
    {
        var sum = 0.0;
        for (var slot = 0; slot < drawnRows.Length; slot++)
            sum += statistic(drawnGold[slot].AsSpan(0, drawnRows[slot]), drawnPredicted[method][slot].AsSpan(0, drawnRows[slot]));
        // NaN would count on neither side of 0, and so pass for significance.
        if (!double.IsFinite(sum))
            throw Require.Wrong($"TwoLevelBootstrap: the statistic of a draw is {sum}, expected a finite number; use a statistic that every draw has");
        return sum / drawnRows.Length;
    }

    private void Copy(int slot, int place, int seed, int row)
    {
        drawnGold[slot][place] = gold[seed][row];
        for (var method = 0; method < predicted.Count; method++)
            drawnPredicted[method][slot][place] = predicted[method][seed][row];
    }
}
