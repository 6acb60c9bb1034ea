using Attune.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Attune.Methods.Adapters;

/// <summary>Matrices of several adapters as one.</summary>
internal static class LoraMixing
{
    public static Matrix<double> Of(string type, IReadOnlyList<Matrix<double>> parts, IReadOnlyList<double> weights, LoraCombinationOptions options, SeededRandom random)
    {
        IReadOnlyList<Matrix<double>> sparse = type switch
        {
            "linear" => parts,
            "ties" or "magnitude_prune" => [.. parts.Select(p => Largest(p, options.Density))],
            _ => [.. parts.Select(p => Dropped(p, options.Density, random))],
        };
        return type is "ties" or "dare_ties" ? Elected(sparse, weights, options.ByFrequency) : sparse.Select((p, i) => p * weights[i]).Aggregate((a, b) => a + b);
    }

    /// <summary>The mean, in each place, of those whose sign the majority has.</summary>
    private static Matrix<double> Elected(IReadOnlyList<Matrix<double>> parts, IReadOnlyList<double> weights, bool byFrequency) =>
        Matrix<double>.Build.Dense(parts[0].RowCount, parts[0].ColumnCount, (i, j) =>
        {
            var sign = parts.Sum(p => byFrequency ? Math.Sign(p[i, j]) : p[i, j]) >= 0 ? 1 : -1;
            var (sum, count) = (0.0, 0);
            for (var k = 0; k < parts.Count; k++)
                if (Math.Sign(parts[k][i, j]) == sign)
                    (sum, count) = (sum + parts[k][i, j] * weights[k], count + 1);
            return sum / Math.Max(1, count);
        });

    /// <summary>The share of largest numbers; the others are 0.</summary>
    private static Matrix<double> Largest(Matrix<double> m, double density)
    {
        var kept = Enumerable.Range(0, m.RowCount * m.ColumnCount).OrderByDescending(i => Math.Abs(m[i / m.ColumnCount, i % m.ColumnCount])).Take((int)(density * m.RowCount * m.ColumnCount)).ToHashSet();
        return Matrix<double>.Build.Dense(m.RowCount, m.ColumnCount, (i, j) => kept.Contains(i * m.ColumnCount + j) ? m[i, j] : 0);
    }

    /// <summary>Each number stays with the probability, divided by it, or is 0.</summary>
    private static Matrix<double> Dropped(Matrix<double> m, double density, SeededRandom random)
    {
        var result = m.Clone();
        for (var i = 0; i < m.RowCount; i++)
            for (var j = 0; j < m.ColumnCount; j++)
                result[i, j] = random.NextDouble() < density ? m[i, j] / density : 0;
        return result;
    }
}
