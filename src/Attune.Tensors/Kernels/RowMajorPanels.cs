namespace Attune.Tensors.Kernels;

/// <summary>
/// Panels over a float32 matrix in memory, B[k,n] at data[k·rowStride + n·columnStride]: rowStride = N, columnStride = 1 for a
/// matrix [K,N]; rowStride = 1, columnStride = K for the transpose of a matrix [N,K]. Reused from call to call; not thread-safe to reset.
/// </summary>
internal sealed unsafe class RowMajorPanels : IPanelSource
{
    [ThreadStatic] private static RowMajorPanels? shared;

    private float* data;
    private long rowStride, columnStride;
    private int columns;

    /// <summary>This thread's source over the given matrix; valid until the next call on this thread.</summary>
    public static RowMajorPanels Over(float* data, int columns, long rowStride, long columnStride)
    {
        var source = shared ??= new RowMajorPanels();
        source.data = data;
        source.columns = columns;
        source.rowStride = rowStride;
        source.columnStride = columnStride;
        return source;
    }

    public float* Panel(int panel, int start, int count, float* scratch)
    {
        var first = panel * MatrixProduct.PanelWidth;
        var width = Math.Min(MatrixProduct.PanelWidth, columns - first);
        var from = data + start * rowStride + first * columnStride;
        if (columnStride == 1)
            CopyRows(from, width, count, scratch);
        else
            Transpose(from, width, count, scratch);
        return scratch;
    }

    private void CopyRows(float* from, int width, int count, float* to)
    {
        for (var k = 0; k < count; k++, from += rowStride, to += MatrixProduct.PanelWidth)
            if (width == MatrixProduct.PanelWidth)
                *(Line*)to = *(Line*)from;
            else
                for (var i = 0; i < MatrixProduct.PanelWidth; i++)
                    to[i] = i < width ? from[i] : 0;
    }

    private void Transpose(float* from, int width, int count, float* to)
    {
        var k = 0;
        if (width == Transposition.Size && rowStride == 1)
            for (; k <= count - Transposition.Size; k += Transposition.Size)
                Transposition.Square(from + k, columnStride, to + k * Transposition.Size, Transposition.Size);
        TransposeSingly(from + k * rowStride, width, count - k, to + k * Transposition.Size);
    }

    private void TransposeSingly(float* from, int width, int count, float* to)
    {
        for (var i = 0; i < MatrixProduct.PanelWidth; i++)
        {
            var column = from + i * columnStride;
            for (var k = 0; k < count; k++)
                to[k * MatrixProduct.PanelWidth + i] = i < width ? column[k * rowStride] : 0;
        }
    }

    /// <summary>A row of a panel, which is copied by vector moves.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Size = MatrixProduct.PanelWidth * sizeof(float))]
    private struct Line;
}
