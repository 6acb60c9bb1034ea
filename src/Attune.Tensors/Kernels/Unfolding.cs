namespace Attune.Tensors.Kernels;

/// <summary>The pixels of every window side by side, channel after channel as torch's weights have them, and the way back.</summary>
internal static unsafe class Unfolding
{
    /// <summary>y[window, c·K + k] = x[pixel k of the window, c], or <paramref name="fill"/> in the padding.</summary>
    public static void Forward(Window window, Tensor x, float fill, Tensor y)
    {
        var job = new Job { Few = x, Many = y, Fill = fill, Each = window.OutHeight * window.OutWidth };
        ThreadTeam.Run(&Rows, window, &job, (y.Rows + Each - 1) / Each);
    }

    /// <summary>sum[pixel, c] += x[window, c·K + k], windows and k ascending.</summary>
    public static void Add(Window window, Tensor x, Tensor sum)
    {
        var job = new Job { Few = sum, Many = x, Each = window.OutHeight * window.OutWidth };
        ColumnBlocks.Run(&Block, window, &job, x.Rows * window.KernelSize, sum.Columns);
    }

    /// <summary>Windows in a work item.</summary>
    private const int Each = 64;

    private struct Job
    {
        public Tensor Few, Many;
        public float Fill;
        public int Each;
    }

    private static void Rows(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var window = (Window)state!;
        int channels = job.Few.Columns, size = window.KernelSize;
        for (var row = item * Each; row < Math.Min(job.Many.Rows, (item + 1) * Each); row++)
        {
            var (image, place) = Math.DivRem(row, job.Each);
            var y = job.Many.Row(row);
            for (var k = 0; k < size; k++)
            {
                var pixel = window.Pixel(place / window.OutWidth, place % window.OutWidth, k / window.KernelWidth, k % window.KernelWidth);
                var x = pixel < 0 ? null : job.Few.Row(image * window.Height * window.Width + pixel);
                for (var c = 0; c < channels; c++)
                    y[c * size + k] = x is null ? job.Fill : x[c];
            }
        }
    }

    private static void Block(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var window = (Window)state!;
        var size = window.KernelSize;
        var (start, end) = ColumnBlocks.Range(item, job.Few.Columns);
        for (var row = 0; row < job.Many.Rows; row++)
        {
            var (image, place) = Math.DivRem(row, job.Each);
            var x = job.Many.Row(row);
            for (var k = 0; k < size; k++)
            {
                var pixel = window.Pixel(place / window.OutWidth, place % window.OutWidth, k / window.KernelWidth, k % window.KernelWidth);
                if (pixel < 0)
                    continue;
                var sum = job.Few.Row(image * window.Height * window.Width + pixel);
                for (var c = start; c < end; c++)
                    sum[c] += x[c * size + k];
            }
        }
    }
}
