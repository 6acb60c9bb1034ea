namespace Attune.Methods.Retrieval;

/// <summary>Points of one dimension, rows one after another in float64: what retrieval, selection and the classical learners work on.</summary>
public sealed class PointSet
{
    private readonly double[] values;

    private PointSet(double[] values, int count, int dimension) => (this.values, Count, Dimension) = (values, count, dimension);

    public int Count { get; }
    public int Dimension { get; }

    public ReadOnlySpan<double> this[int row] => values.AsSpan(row * Dimension, Dimension);

    /// <summary>All values, [Count, Dimension].</summary>
    public ReadOnlySpan<double> Values => values;

    /// <exception cref="ArgumentException">The rows differ in length, or a value is not finite.</exception>
    public static PointSet Of(IReadOnlyList<float[]> rows) => Of(rows, (row, to) =>
    {
        for (var i = 0; i < row.Length; i++)
            to[i] = row[i];
    });

    /// <inheritdoc cref="Of(IReadOnlyList{float[]})"/>
    public static PointSet Of(IReadOnlyList<double[]> rows) => Of(rows, (row, to) => row.CopyTo(to));

    /// <summary>The points of these rows, in this order.</summary>
    public PointSet Rows(IReadOnlyList<int> rows)
    {
        var chosen = new double[rows.Count * Dimension];
        for (var i = 0; i < rows.Count; i++)
            this[rows[i]].CopyTo(chosen.AsSpan(i * Dimension));
        return new PointSet(chosen, rows.Count, Dimension);
    }

    private delegate void Fill<T>(T[] row, Span<double> to);

    private static PointSet Of<T>(IReadOnlyList<T[]> rows, Fill<T> fill)
    {
        var dimension = rows.Count == 0 ? 0 : rows[0].Length;
        var values = new double[checked(rows.Count * dimension)];
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Length != dimension)
                throw new ArgumentException($"point {i} has {rows[i].Length} values, the first has {dimension}");
            var row = values.AsSpan(i * dimension, dimension);
            fill(rows[i], row);
            foreach (var x in row)
                if (!double.IsFinite(x))
                    throw new ArgumentException($"point {i} holds a value that is not finite");
        }
        return new PointSet(values, rows.Count, dimension);
    }
}
