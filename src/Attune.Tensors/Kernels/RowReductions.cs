namespace Attune.Tensors.Kernels;

/// <summary>Reductions of a row other than sums, in float64, elements in order; p is their constant.</summary>
internal static class RowReductions
{
    /// <summary>The largest element where p is 1, the smallest where p is −1; equal ones share the gradient; NaN if there is one.</summary>
    public readonly struct Extreme : IRowReduction
    {
        public static double Value(ReadOnlySpan<float> x, double p)
        {
            var best = double.NegativeInfinity;
            foreach (var v in x)
                best = Math.Max(best, p * v);
            return p * best;
        }

        public static void Gradient(ReadOnlySpan<float> x, double p, double y, double dy, Span<float> dx)
        {
            var ties = x.Count((float)y);
            for (var i = 0; i < x.Length; i++)
                if (x[i] == y)
                    dx[i] += (float)(dy / ties);
        }
    }

    /// <summary>Π x.</summary>
    public readonly struct Product : IRowReduction
    {
        public static double Value(ReadOnlySpan<float> x, double p)
        {
            var product = 1.0;
            foreach (var v in x)
                product *= v;
            return product;
        }

        public static void Gradient(ReadOnlySpan<float> x, double p, double y, double dy, Span<float> dx)
        {
            // The product of all others, which a quotient does not give where there is a zero.
            for (var i = 0; i < x.Length; i++)
                dx[i] += (float)(dy * Value(x[..i], p) * Value(x[(i + 1)..], p));
        }
    }

    /// <summary>Σ (x − mean)²/(n − p).</summary>
    public readonly struct Variance : IRowReduction
    {
        public static double Value(ReadOnlySpan<float> x, double p)
        {
            var (mean, sum) = (Mean(x), 0.0);
            foreach (var v in x)
                sum += (v - mean) * (v - mean);
            return sum / (x.Length - p);
        }

        public static void Gradient(ReadOnlySpan<float> x, double p, double y, double dy, Span<float> dx)
        {
            var mean = Mean(x);
            for (var i = 0; i < x.Length; i++)
                dx[i] += (float)(dy * 2 * (x[i] - mean) / (x.Length - p));
        }

        private static double Mean(ReadOnlySpan<float> x)
        {
            var sum = 0.0;
            foreach (var v in x)
                sum += v;
            return sum / x.Length;
        }
    }

    /// <summary>(Σ |x|ᵖ)^(1/p), p at least 1; the largest |x| for p = ∞, whose gradient equal ones share. The gradient of a zero row is 0.</summary>
    public readonly struct Norm : IRowReduction
    {
        public static double Value(ReadOnlySpan<float> x, double p)
        {
            var (largest, sum) = (0.0, 0.0);
            foreach (var v in x)
                largest = Math.Max(largest, Math.Abs((double)v));
            if (largest == 0 || double.IsPositiveInfinity(p))
                return largest;
            foreach (var v in x)
                sum += Math.Pow(Math.Abs(v) / largest, p);
            return largest * Math.Pow(sum, 1 / p);
        }

        public static void Gradient(ReadOnlySpan<float> x, double p, double y, double dy, Span<float> dx)
        {
            if (y == 0)
                return;
            var ties = 0;
            foreach (var v in x)
                ties += Math.Abs(v) == y ? 1 : 0;
            for (var i = 0; i < x.Length; i++)
            {
                var share = double.IsPositiveInfinity(p) ? (Math.Abs(x[i]) == y ? 1.0 / ties : 0) : Math.Pow(Math.Abs(x[i]) / y, p - 1);
                dx[i] += x[i] == 0 ? 0 : (float)(dy * Math.Sign(x[i]) * share);
            }
        }
    }
}
