namespace Attune.Tensors.Kernels;

/// <summary>Work that goes down the rows of a matrix, in blocks of columns that the team shares, so that rows are added in order.</summary>
internal static unsafe class ColumnBlocks
{
    private const int Length = 128;

    /// <summary>Calls <paramref name="kernel"/> for each block of columns; <see cref="Range"/> tells which columns an item has.</summary>
    public static void Run(delegate*<object?, void*, int, int, void> kernel, void* context, int rows, int columns) => Run(kernel, null, context, rows, columns);

    /// <summary>The same, with a <paramref name="state"/> for the kernel.</summary>
    public static void Run(delegate*<object?, void*, int, int, void> kernel, object? state, void* context, int rows, int columns)
    {
        var items = (columns + Length - 1) / Length;
        if ((long)rows * columns > Chunks.Length)
            ThreadTeam.Run(kernel, state, context, items);
        else
            for (var i = 0; i < items; i++)
                kernel(state, context, i, -1);
    }

    public static (int Start, int End) Range(int item, int columns) =>
        (item * Length, Math.Min(columns, (item + 1) * Length));
}
