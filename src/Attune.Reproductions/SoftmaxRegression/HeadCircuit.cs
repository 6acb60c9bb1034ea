namespace Attune.Reproductions.SoftmaxRegression;

/// <summary>
/// What a trained head does, whatever the single matrices look like: the circuits KQ = KᵀQ and OV = O·V, with the numbers that say how near they are to
/// diag(ω, …, ω, 0) and (0, …, 0, μ). The last column of KQ meets the query's 0 and is never trained, so it counts nowhere.
/// </summary>
/// <param name="KeyQuery">[d + 1, d + 1]: the score of a context token z is z·KQ·z_q/√(d+1).</param>
/// <param name="OutputValue">[d + 1]: what a token adds to the prediction for each unit of attention.</param>
public sealed record HeadCircuit(double[,] KeyQuery, double[] OutputValue)
{
    private int Dimension => OutputValue.Length - 1;

    /// <summary>ω: the mean of the diagonal, divided by √(d+1) as in the score.</summary>
    public double Omega => Diagonal().Average() / Math.Sqrt(Dimension + 1);

    /// <summary>μ: the last entry of OV.</summary>
    public double Mu => OutputValue[^1];

    /// <summary>‖what is off the diagonal of the first d columns, the row that reads y included‖ / ‖those columns‖.</summary>
    public double OffDiagonal
    {
        get
        {
            var (off, all) = (0.0, 0.0);
            for (var i = 0; i <= Dimension; i++)
                for (var j = 0; j < Dimension; j++)
                {
                    all += KeyQuery[i, j] * KeyQuery[i, j];
                    off += i == j ? 0 : KeyQuery[i, j] * KeyQuery[i, j];
                }
            return Math.Sqrt(off / all);
        }
    }

    /// <summary>Standard deviation of the diagonal over the absolute value of its mean.</summary>
    public double Inhomogeneity
    {
        get
        {
            var diagonal = Diagonal();
            var mean = diagonal.Average();
            return Math.Sqrt(diagonal.Average(v => (v - mean) * (v - mean))) / Math.Abs(mean);
        }
    }

    /// <summary>‖OV without its last entry‖ / ‖OV‖.</summary>
    public double ValueOutside => Math.Sqrt(OutputValue[..^1].Sum(v => v * v) / OutputValue.Sum(v => v * v));

    private double[] Diagonal() => [.. Enumerable.Range(0, Dimension).Select(i => KeyQuery[i, i])];
}
