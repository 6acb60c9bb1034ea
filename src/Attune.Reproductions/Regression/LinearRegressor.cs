namespace Attune.Reproductions;

/// <summary>A regressor whose prediction is w·query, without an intercept.</summary>
public abstract record LinearRegressor : IRegressor
{
    public abstract string Name { get; }

    /// <summary>w for these pairs: [dimensions].</summary>
    public abstract double[] Weights(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int dimensions);

    public double Predict(ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> query) => Dot(Weights(x, y, query.Length), query);

    internal static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
