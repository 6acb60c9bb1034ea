namespace Attune.Tensors.Kernels;

/// <summary>
/// What a convolution or a pooling sees of images of Height × Width: windows of KernelHeight × KernelWidth. A sequence is an image of
/// height 1. Images are matrices [images·Height·Width, channels], a pixel a row.
/// </summary>
public sealed record Window(int Height, int Width, int KernelHeight, int KernelWidth)
{
    public int StrideHeight { get; init; } = 1;
    public int StrideWidth { get; init; } = 1;

    /// <summary>Rows and columns of pixels that count as there, on both sides.</summary>
    public int PaddingHeight { get; init; }
    public int PaddingWidth { get; init; }

    /// <summary>Steps from one pixel of a window to the next.</summary>
    public int DilationHeight { get; init; } = 1;
    public int DilationWidth { get; init; } = 1;

    /// <summary>Windows below one another.</summary>
    public int OutHeight => Windows(Height, KernelHeight, StrideHeight, PaddingHeight, DilationHeight);

    /// <summary>Windows side by side.</summary>
    public int OutWidth => Windows(Width, KernelWidth, StrideWidth, PaddingWidth, DilationWidth);

    public int KernelSize => KernelHeight * KernelWidth;

    /// <summary>A window over sequences.</summary>
    public static Window Over(int length, int kernel, int stride = 1, int padding = 0, int dilation = 1) =>
        new(1, length, 1, kernel) { StrideWidth = stride, PaddingWidth = padding, DilationWidth = dilation };

    /// <summary>The row of the pixel that the window (y, x) has at (i, j), −1 in the padding; within one image.</summary>
    internal int Pixel(int y, int x, int i, int j)
    {
        var row = y * StrideHeight - PaddingHeight + i * DilationHeight;
        var column = x * StrideWidth - PaddingWidth + j * DilationWidth;
        return (uint)row < (uint)Height && (uint)column < (uint)Width ? row * Width + column : -1;
    }

    private static int Windows(int size, int kernel, int stride, int padding, int dilation) =>
        kernel < 1 || stride < 1 || dilation < 1 || padding < 0 || size + 2 * padding < dilation * (kernel - 1) + 1
            ? throw new ArgumentException($"Window: {kernel} pixels at distance {dilation}, stride {stride}, do not fit into {size} with padding {padding}")
            : (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
}
