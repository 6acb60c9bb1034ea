namespace Attune.Tensors.Kernels;

/// <summary>The order of a row's elements. NaN counts as the largest, as in torch; equal elements stay in their order.</summary>
public static class RowOrder
{
    /// <summary>The columns of the k first elements of each row in order, k for each row one after another; of all where k is the number of columns.</summary>
    public static int[] First(Tensor x, int k, bool descending)
    {
        if (k < 0 || k > x.Columns)
            throw new ArgumentException($"RowOrder: {k} elements are wanted of the rows of {x}");
        var result = new int[checked(x.Rows * k)];
        var columns = new int[x.Columns];
        for (var row = 0; row < x.Rows; row++)
        {
            var values = x[row].ToArray();
            for (var i = 0; i < columns.Length; i++)
                columns[i] = i;
            Array.Sort(columns, (i, j) => Compare(values[i], values[j]) is var c && c == 0 ? i.CompareTo(j) : descending ? -c : c);
            columns.AsSpan(0, k).CopyTo(result.AsSpan(row * k));
        }
        return result;
    }

    /// <summary>The column of the largest element of each row, the first of equal ones.</summary>
    public static int[] Largest(Tensor x) => Best(x, 1);

    /// <summary>The column of the smallest element of each row, the first of equal ones.</summary>
    public static int[] Smallest(Tensor x) => Best(x, -1);

    private static int[] Best(Tensor x, int sign)
    {
        if (x.Columns == 0)
            throw new ArgumentException($"RowOrder: the rows of {x} have no element");
        var result = new int[x.Rows];
        for (var row = 0; row < x.Rows; row++)
        {
            var values = x[row];
            for (var i = 1; i < values.Length; i++)
                if (!float.IsNaN(values[result[row]]) && (float.IsNaN(values[i]) || sign * values[i] > sign * values[result[row]]))
                    result[row] = i;
        }
        return result;
    }

    private static int Compare(float a, float b) =>
        float.IsNaN(a) || float.IsNaN(b) ? float.IsNaN(a).CompareTo(float.IsNaN(b)) : a.CompareTo(b);
}
