namespace Attune.Reproductions;

/// <summary>A known way of predicting y at a query from pairs (x, y), refitted for each set of pairs.</summary>
public interface IRegressor
{
    /// <summary>As tables and figures name it.</summary>
    string Name { get; }

    /// <param name="x">[pairs, dimensions], row after row.</param>
    /// <param name="y">[pairs].</param>
    /// <param name="query">[dimensions].</param>
    double Predict(ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> query);
}
