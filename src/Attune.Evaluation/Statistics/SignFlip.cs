using Attune.Tensors;

namespace Attune.Evaluation.Statistics;

/// <summary>The permutation test that flips the signs of paired differences: p = (#{|mean of flipped| ≥ |mean|} + 1)/(B + 1).</summary>
public static class SignFlip
{
    // Flipped means that equal the mean but for rounding count as reaching it.
    private const double Slack = 1e-12;

    /// <summary>With the signs given, ±1, a row for each of B permutations.</summary>
    public static double Test(ReadOnlySpan<double> differences, ReadOnlySpan<int[]> signs)
    {
        Check(differences);
        var reach = Math.Abs(Moments.Mean(differences)) - Slack;
        var reached = 0;
        foreach (var row in signs)
        {
            Require.SameLength("SignFlip", differences.Length, row.Length);
            var sum = 0.0;
            for (var i = 0; i < row.Length; i++)
                sum += row[i] * differences[i];
            reached += Math.Abs(sum / row.Length) >= reach ? 1 : 0;
        }
        return (reached + 1.0) / (signs.Length + 1);
    }

    /// <summary>With <paramref name="permutations"/> rows of signs drawn.</summary>
    public static double Test(ReadOnlySpan<double> differences, SeededRandom random, int permutations = 10_000)
    {
        Check(differences);
        var reach = Math.Abs(Moments.Mean(differences)) - Slack;
        var reached = 0;
        for (var permutation = 0; permutation < permutations; permutation++)
        {
            var sum = 0.0;
            var bits = 0UL;
            for (var i = 0; i < differences.Length; i++, bits >>= 1)
            {
                if (i % 64 == 0)
                    bits = random.NextUInt64();
                sum += (bits & 1) == 0 ? differences[i] : -differences[i];
            }
            reached += Math.Abs(sum / differences.Length) >= reach ? 1 : 0;
        }
        return (reached + 1.0) / (permutations + 1);
    }

    private static void Check(ReadOnlySpan<double> differences)
    {
        Require.AtLeast("SignFlip", differences.Length, 1);
        Require.Finite("SignFlip", differences);
    }
}
