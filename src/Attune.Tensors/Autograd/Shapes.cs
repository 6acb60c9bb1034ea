namespace Attune.Tensors.Autograd;

/// <summary>Checks of shapes at an operation's entry, with messages that give operation, shapes and remedy.</summary>
internal static class Shapes
{
    public static void Same(string operation, Tensor a, Tensor b)
    {
        if (a.Rows != b.Rows || a.Columns != b.Columns)
            throw new ArgumentException($"{operation}: shapes {a} and {b} differ");
    }

    public static void Columns(string operation, string what, int actual, int expected)
    {
        if (actual != expected)
            throw new ArgumentException($"{operation}: {what} has {actual} columns, expected {expected}");
    }

    public static void Row(string operation, string what, Tensor row, int columns)
    {
        if (row.Rows != 1 || row.Columns != columns)
            throw new ArgumentException($"{operation}: {what} is {row}, expected [1, {columns}]");
    }

    public static void Indices(string operation, ReadOnlySpan<int> indices, Tensor x)
    {
        for (var i = 0; i < indices.Length; i++)
            if ((uint)indices[i] >= (uint)x.Rows)
                throw new ArgumentException($"{operation}: index {indices[i]} at place {i} is outside the rows of {x}");
    }
}
