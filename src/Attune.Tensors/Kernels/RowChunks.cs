namespace Attune.Tensors.Kernels;

/// <summary>Row-wise work in chunks of rows that the team shares, about 16,384 elements each.</summary>
internal static unsafe class RowChunks
{
    /// <summary>Calls <paramref name="kernel"/> for each chunk of rows; <see cref="Range"/> tells which rows an item has.</summary>
    public static void Run(delegate*<object?, void*, int, int, void> kernel, void* context, int rows, int columns) =>
        ThreadTeam.Run(kernel, null, context, (rows + Rows(columns) - 1) / Rows(columns));

    public static (int Start, int End) Range(int item, int rows, int columns) =>
        (item * Rows(columns), Math.Min(rows, (item + 1) * Rows(columns)));

    private static int Rows(int columns) => Math.Max(1, Chunks.Length / Math.Max(1, columns));
}
