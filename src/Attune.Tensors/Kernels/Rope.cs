namespace Attune.Tensors.Kernels;

/// <summary>Rotates pairs of a head's dimensions by the angle of the token's position; backward is the inverse rotation.</summary>
internal static unsafe class Rope
{
    private static readonly delegate*<object?, void*, int, int, void> Kernel = &Rows;

    /// <summary>y (+)= rotation of x; sign −1 rotates backwards. y may be x where not accumulating.</summary>
    public static void Apply(Tensor x, RopeTable table, ReadOnlySpan<int> positions, int heads, int headDim, float sign, bool accumulate, Tensor y)
    {
        var largest = 0;
        foreach (var p in positions)
            largest = Math.Max(largest, p);
        table.Grow(largest + 1);
        fixed (int* p = positions)
        {
            var job = new Job { X = x, Y = y, Positions = p, Heads = heads, HeadDim = headDim, Sign = sign, Accumulate = accumulate };
            ThreadTeam.Run(Kernel, table, &job, (x.Rows + RowsOf(x.Columns) - 1) / RowsOf(x.Columns));
        }
    }

    private struct Job
    {
        public Tensor X, Y;
        public int* Positions;
        public int Heads, HeadDim;
        public float Sign;
        public bool Accumulate;
    }

    private static int RowsOf(int columns) => Math.Max(1, Chunks.Length / columns);

    private static void Rows(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var table = (RopeTable)state!;
        var rows = RowsOf(job.X.Columns);
        for (var row = item * rows; row < Math.Min(job.X.Rows, (item + 1) * rows); row++)
        {
            var angles = table.At(job.Positions[row]);
            for (var head = 0; head < job.Heads; head++)
                Head(ref job, table.Settings, angles, job.X.Row(row) + head * job.HeadDim, job.Y.Row(row) + head * job.HeadDim);
        }
    }

    private static void Head(ref Job job, RopeSettings settings, float* angles, float* x, float* y)
    {
        var half = settings.RotaryDims / 2;
        var (step, apart) = settings.Interleaved ? (2, 1) : (1, half);
        for (var i = 0; i < half; i++)
        {
            float cos = angles[i], sin = job.Sign * angles[half + i];
            float a = x[i * step], b = x[i * step + apart];
            var ra = MathF.FusedMultiplyAdd(a, cos, -(b * sin));
            var rb = MathF.FusedMultiplyAdd(b, cos, a * sin);
            if (job.Accumulate)
            {
                y[i * step] += ra;
                y[i * step + apart] += rb;
            }
            else
            {
                y[i * step] = ra;
                y[i * step + apart] = rb;
            }
        }
        for (var i = settings.RotaryDims; i < job.HeadDim; i++)
            y[i] = job.Accumulate ? y[i] + x[i] : x[i];
    }
}
