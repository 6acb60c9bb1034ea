namespace Attune.Reproductions.ImplicitTuning;

/// <summary>Products and angles of vectors, summed in float64.</summary>
internal static class Vectors
{
    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }

    /// <summary>a·b/(‖a‖‖b‖); NaN where one is zero.</summary>
    public static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));

    /// <summary>a/‖a‖ − b/‖b‖.</summary>
    public static float[] UnitDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (la, lb) = (Math.Sqrt(Dot(a, a)), Math.Sqrt(Dot(b, b)));
        var result = new float[a.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = (float)(a[i] / la - b[i] / lb);
        return result;
    }
}
