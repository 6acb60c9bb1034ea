namespace Attune.Tensors.Kernels;

/// <summary>
/// The right-hand matrix of a product, given panel by panel: a panel is 16 adjacent output columns, its values laid out
/// [k][16], zero where a column does not exist.
/// </summary>
internal unsafe interface IPanelSource
{
    /// <summary>
    /// The values of panel <paramref name="panel"/> for k in [<paramref name="start"/>, start + <paramref name="count"/>):
    /// written to <paramref name="scratch"/> (count × 16 floats), or where they lie already.
    /// <paramref name="start"/> is a multiple of 16.
    /// </summary>
    float* Panel(int panel, int start, int count, float* scratch);
}
