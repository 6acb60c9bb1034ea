namespace Attune.Tensors.Autograd;

public static class SinusoidalPositions
{
    /// <summary>
    /// Writes sin(p·b^(−2i/C)) and cos of the same for every position p (Vaswani et al. 2017, section 3.5), angles in float64: table [positions, C], C even; sine and cosine in turn, or, where
    /// <paramref name="halves"/>, all sines before all cosines.
    /// </summary>
    public static void Fill(ReadOnlySpan<int> positions, Tensor table, double numberBase = 10000, bool halves = false)
    {
        if (table.Rows != positions.Length || table.Columns % 2 != 0)
            throw new ArgumentException($"SinusoidalPositions: the table is {table} for {positions.Length} positions; it needs a row for each and an even number of columns");
        var pairs = table.Columns / 2;
        for (var r = 0; r < positions.Length; r++)
            for (var i = 0; i < pairs; i++)
            {
                var (sine, cosine) = Math.SinCos(positions[r] * Math.Pow(numberBase, -2.0 * i / table.Columns));
                table[r][halves ? i : 2 * i] = (float)sine;
                table[r][halves ? pairs + i : 2 * i + 1] = (float)cosine;
            }
    }
}
