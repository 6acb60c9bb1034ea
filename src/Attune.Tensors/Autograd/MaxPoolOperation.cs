namespace Attune.Tensors.Autograd;

public static unsafe class MaxPoolOperation
{
    /// <summary>
    /// The largest of each column in each run of rows: x [M, C], runs of <paramref name="lengths"/> rows one after another → [runs, C]. The first of equal ones gets
    /// the gradient. A run of no rows gives −∞.
    /// </summary>
    public static Tensor MaxPool(this Graph graph, Tensor x, ReadOnlySpan<int> lengths)
    {
        var places = new int[checked(lengths.Length * x.Columns)];
        Array.Fill(places, -1);
        var row = 0;
        for (var run = 0; run < lengths.Length; run++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(lengths[run]);
            var end = checked(row + lengths[run]);
            if (end > x.Rows)
                throw new ArgumentException($"MaxPool: the runs have more rows together than the input {x}");
            var best = places.AsSpan(run * x.Columns, x.Columns);
            for (; row < end; row++)
                for (var c = 0; c < best.Length; c++)
                {
                    var at = row * x.Columns + c;
                    if (best[c] < 0 || x.Data[at] > x.Data[best[c]] || (float.IsNaN(x.Data[at]) && !float.IsNaN(x.Data[best[c]])))
                        best[c] = at;
                }
        }
        if (row != x.Rows)
            throw new ArgumentException($"MaxPool: the runs have {row} rows together, the input {x}");
        return graph.GatherElements(x, places, lengths.Length, x.Columns, float.NegativeInfinity);
    }
}
