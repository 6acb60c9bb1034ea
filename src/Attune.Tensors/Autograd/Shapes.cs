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
}
