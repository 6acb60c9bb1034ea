namespace Attune.Evaluation.Metrics;

/// <summary>
/// How far confidence, the probability of the predicted class in [0, 1], is from the share that was right (Guo et al. 2017,
/// equations 3 and 5). 15 bins by default. All need one row.
/// </summary>
public static class Calibration
{
    public const int DefaultBins = 15;

    /// <summary>Expected calibration error: Σ over bins of (count/n)·|confidence − accuracy|.</summary>
    public static double ExpectedError(ReadOnlySpan<double> confidence, ReadOnlySpan<bool> right, int bins = DefaultBins) =>
        Weighted(Bins(confidence, right, bins));

    /// <summary>Maximum calibration error: the largest gap of any bin that has rows.</summary>
    public static double MaximumError(ReadOnlySpan<double> confidence, ReadOnlySpan<bool> right, int bins = DefaultBins) =>
        Bins(confidence, right, bins).Max(bin => bin.Gap);

    /// <summary>Expected calibration error over bins of equal counts (Nixon et al. 2019).</summary>
    public static double AdaptiveError(ReadOnlySpan<double> confidence, ReadOnlySpan<bool> right, int bins = DefaultBins) =>
        Weighted(AdaptiveBins(confidence, right, bins));

    /// <summary>Bins ((l − 1)/B, l/B], the first with 0 as well: what a reliability diagram draws.</summary>
    public static CalibrationBin[] Bins(ReadOnlySpan<double> confidence, ReadOnlySpan<bool> right, int bins = DefaultBins)
    {
        Check(confidence, right, bins);
        var sums = new (int Count, double Confidence, int Right)[bins];
        for (var i = 0; i < confidence.Length; i++)
        {
            ref var bin = ref sums[BinOf(confidence[i], bins)];
            bin = (bin.Count + 1, bin.Confidence + confidence[i], bin.Right + (right[i] ? 1 : 0));
        }
        return Array.ConvertAll(sums, bin => Bin(bin.Count, bin.Confidence, bin.Right));
    }

    /// <summary>Bins of equal counts in order of confidence, the first n mod B of them one row larger; ties keep their row order.</summary>
    public static CalibrationBin[] AdaptiveBins(ReadOnlySpan<double> confidence, ReadOnlySpan<bool> right, int bins = DefaultBins)
    {
        Check(confidence, right, bins);
        var values = confidence.ToArray();
        var order = Enumerable.Range(0, values.Length).OrderBy(i => values[i]).ToArray();
        var result = new CalibrationBin[bins];
        var start = 0;
        for (var b = 0; b < bins; b++)
        {
            var count = values.Length / bins + (b < values.Length % bins ? 1 : 0);
            var (sum, correct) = (0.0, 0);
            for (var i = start; i < start + count; i++)
            {
                sum += values[order[i]];
                correct += right[order[i]] ? 1 : 0;
            }
            result[b] = Bin(count, sum, correct);
            start += count;
        }
        return result;
    }

    /// <summary>The least l with confidence ≤ (l + 1)/B, compared with the rounded edge itself, since confidence·B can round across it.</summary>
    private static int BinOf(double confidence, int bins)
    {
        var bin = Math.Clamp((int)Math.Ceiling(confidence * bins) - 1, 0, bins - 1);
        while (bin > 0 && confidence <= bin / (double)bins)
            bin--;
        while (bin < bins - 1 && confidence > (bin + 1) / (double)bins)
            bin++;
        return bin;
    }

    private static CalibrationBin Bin(int count, double confidence, int right) =>
        count == 0 ? default : new CalibrationBin(count, confidence / count, right / (double)count);

    private static double Weighted(CalibrationBin[] bins) => bins.Sum(bin => bin.Count * bin.Gap) / bins.Sum(bin => bin.Count);

    private static void Check(ReadOnlySpan<double> confidence, ReadOnlySpan<bool> right, int bins)
    {
        Require.SameLength("Calibration", confidence.Length, right.Length);
        Require.AtLeast("Calibration", confidence.Length, 1);
        Require.AtLeast("Calibration: bins", bins, 1);
        foreach (var value in confidence)
            Require.Range("Calibration", "a confidence", value, 0, 1);
    }
}
