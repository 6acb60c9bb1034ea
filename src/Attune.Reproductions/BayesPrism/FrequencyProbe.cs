namespace Attune.Reproductions.BayesPrism;

/// <summary>
/// Reads the frequencies of a function of period 2L from its values on an even grid: a_n = (2/G)·Σ f(x_g)·cos nπx_g/L, b_n with the sine
/// (discrete Fourier transform; exact for series up to frequency below G/2).
/// </summary>
internal static class FrequencyProbe
{
    /// <summary>x_g = −L + 2L·g/G.</summary>
    public static double[] Grid(int points, double halfPeriod) => [.. Enumerable.Range(0, points).Select(g => halfPeriod * (2.0 * g / points - 1))];

    /// <summary>(a_1, b_1, a_2, b_2, …) up to frequency <paramref name="most"/>, as <see cref="FunctionFamilies"/> orders its features.</summary>
    public static double[] Coefficients(ReadOnlySpan<double> values, int most)
    {
        var result = new double[2 * most];
        for (var n = 1; n <= most; n++)
            for (var g = 0; g < values.Length; g++)
            {
                var (sine, cosine) = Math.SinCos(n * Math.PI * (2.0 * g / values.Length - 1));
                result[2 * n - 2] += 2 * values[g] * cosine / values.Length;
                result[2 * n - 1] += 2 * values[g] * sine / values.Length;
            }
        return result;
    }

    /// <summary>a_n² + b_n² of each frequency from 1 to <paramref name="most"/>.</summary>
    public static double[] Energies(ReadOnlySpan<double> values, int most)
    {
        var c = Coefficients(values, most);
        return [.. Enumerable.Range(0, most).Select(n => c[2 * n] * c[2 * n] + c[2 * n + 1] * c[2 * n + 1])];
    }

    /// <summary>Σ n·E_n / Σ E_n: (N + 1)/2 where all frequencies 1 … N have the same energy.</summary>
    public static double MeanFrequency(ReadOnlySpan<double> energies)
    {
        var (sum, weighted) = (0.0, 0.0);
        for (var n = 0; n < energies.Length; n++)
            (sum, weighted) = (sum + energies[n], weighted + (n + 1) * energies[n]);
        return weighted / sum;
    }
}
