namespace Attune.Reproductions;

/// <summary>A matrix of values in colours.</summary>
/// <param name="X">What the columns are.</param>
/// <param name="Y">What the rows are.</param>
/// <param name="Values">[Rows.Count, Columns.Count]; NaN: nothing there.</param>
public sealed record HeatMap(string Title, string X, string Y, IReadOnlyList<string> Columns, IReadOnlyList<string> Rows, double[,] Values);
