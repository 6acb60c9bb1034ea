using Attune.Tensors.Autograd;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Gradients of attention. The probabilities are computed again, a few rows at a time:
/// p_ij = exp(s_ij − L_i); dv_j = Σ_i p_ij do_i; ds_ij = p_ij (do_i·v_j − do_i·o_i), times 1 − (s_ij / cap)² under a soft cap;
/// dq_i = Scale Σ_j ds_ij k_j; dk_j = Scale Σ_i ds_ij q_i, with L the log-sums of the forward pass
/// (Dao et al., "FlashAttention", 2022, appendix B.2). A bias gets ds before the slope of the cap. A work item is (sequence, kv head), or a kv head with all
/// sequences in turn where they share a bias that gets a gradient, and its sums ascend: no dependence on threads.
/// </summary>
internal static unsafe class AttentionBackward
{
    private static readonly delegate*<object?, void*, int, int, void> Kernel = KernelTier.Width switch
    {
        16 => &Item<Simd512, V512, I512>,
        8 => &Item<Simd256, V256, I256>,
        4 => &Item<Simd128, V128, I128>,
        _ => &Item<SimdScalar, float, int>,
    };

    /// <summary>What one call needs. A gradient that is null is not wanted and costs nothing.</summary>
    public struct Job
    {
        public AttentionShape Shape;
        public int Count;
        public AttentionRange* Ranges;

        public float* Q, K, V, Y, LogSums;
        public float* GradientY, GradientQ, GradientK, GradientV;

        public AttentionBias Bias;

        /// <summary>Of the form of the bias; added to.</summary>
        public float* GradientBias;

        /// <summary>Gradients that are written, not added to; every row of q, k and v must then lie in a range.</summary>
        public bool WriteQ, WriteK, WriteV;

        /// <summary>Ranges in a work item: one, or all.</summary>
        internal int Together;
    }

    /// <summary>Adds to the wanted gradients of q, k and v, or writes them.</summary>
    public static void Run(Job job)
    {
        job.Together = job.GradientBias != null && !job.Bias.OfRows ? job.Count : 1;
        ThreadTeam.Run(Kernel, null, &job, job.Count / job.Together * job.Shape.KvHeads);
    }

    private static void Item<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (index, head) = Math.DivRem(item, job.Shape.KvHeads);
        for (var i = index * job.Together; i < (index + 1) * job.Together; i++)
            Range<S, V, I>(ref job, job.Ranges[i], head, worker);
    }

    private static void Range<S, V, I>(ref Job job, AttentionRange range, int head, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var (shape, dim) = (job.Shape, job.Shape.HeadDim);
        var segment = range.Segment;
        segment.Bias = job.Bias.Rows(segment);
        var gradientBias = job.Bias.Rows(job.GradientBias, segment);
        var space = AttentionBackwardSpace.Of(shape, range.KeyCount, head, worker);
        var keyStart = (long)range.KeyStart * shape.KeyColumns + space.KvHead * dim;
        space.Fill(job.K + keyStart, job.V + keyStart);
        var rows = segment.QueryCount * shape.Group;
        for (var i = 0; i * AttentionBackwardSpace.Rows < rows; i++)
        {
            var block = AttentionBlock.Of(shape, segment, space.KvHead, i, AttentionBackwardSpace.Rows);
            block.Ask(job.GradientQ);
            if ((i + 1) * AttentionBackwardSpace.Rows < rows)
            {
                var next = AttentionBlock.Of(shape, segment, space.KvHead, i + 1, AttentionBackwardSpace.Rows);
                next.Ask(job.Q);
                next.Ask(job.GradientY);
                next.Ask(job.Y);
            }
            Block<S, V, I>(ref job, block, space, gradientBias);
        }
        for (var j = 0; j < space.Keys; j++)
        {
            var (from, to) = (j / 16 * space.TileFloats + j % 16 * 16, keyStart + j * (long)shape.KeyColumns);
            if (job.GradientK != null)
                AddRow<S, V, I>(space.KeySums + from, 256, 1, job.GradientK + to, dim, job.WriteK);
            if (job.GradientV != null)
                AddRow<S, V, I>(space.ValueSums + from, 256, 1, job.GradientV + to, dim, job.WriteV);
        }
    }

    private static void Block<S, V, I>(ref Job job, in AttentionBlock block, in AttentionBackwardSpace space, in AttentionBiasRows gradientBias)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var (dim, slots, first, tiles) = (job.Shape.HeadDim, block.Slots, block.FirstTile, block.EndTile - block.FirstTile);
        var panels = job.Shape.PaddedDim / 16;
        var pages = space.Pages + first;
        var scores = job.GradientQ != null || job.GradientK != null || gradientBias.Origin != null;
        block.Gather<S, V, I>(job.Q, job.Shape.Scale, space.Queries);
        block.Gather<S, V, I>(job.GradientY, 1, space.Outputs);
        AttentionProduct.Run<S, V, I>(block.Rows, slots, dim, space.Queries, TileGrid.OfKeys(pages, 0), tiles, space.Scores, load: false);
        if (scores)
            AttentionProduct.Run<S, V, I>(block.Rows, slots, dim, space.Outputs, TileGrid.OfKeys(pages, space.ValueOffset), tiles, space.Slopes, load: false);
        var row = block.FirstRow;
        for (var r = 0; r < block.Rows; r++, row.Next())
            Row<S, V, I>(ref job, block, row, space.Scores + r * 16, scores ? space.Slopes + r * 16 : null, space.Factors, gradientBias);
        for (var t = 0; t < tiles; t++)
        {
            var sums = (first + t) * (long)space.TileFloats;
            if (job.GradientV != null)
                AttentionProduct.Transposed<S, V, I>(block.Rows, space.Scores + t * slots * 16, space.Outputs, slots * 16, panels, space.ValueSums + sums);
            if (job.GradientK != null)
                AttentionProduct.Transposed<S, V, I>(block.Rows, space.Slopes + t * slots * 16, space.Queries, slots * 16, panels, space.KeySums + sums);
        }
        if (job.GradientQ == null)
            return;
        AttentionProduct.Run<S, V, I>(block.Rows, slots, tiles * 16, space.Slopes, TileGrid.OfValues(pages, space.PanelOffset), panels, space.QuerySums, load: false);
        row = block.FirstRow;
        for (var r = 0; r < block.Rows; r++, row.Next())
            AddRow<S, V, I>(space.QuerySums + r * 16, slots * 16, job.Shape.Scale, job.GradientQ + row.HeadPlace * dim, dim, job.WriteQ);
    }

    /// <summary>Makes scores probabilities and, unless null, do·v the gradient of the scores; zeros where the mask is. Factors are room for a row.</summary>
    private static void Row<S, V, I>(ref Job job, in AttentionBlock block, in AttentionBlock.Row row, float* scores, float* slopes, float* factors, in AttentionBiasRows gradientBias)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var (first, tiles, step, cap) = (block.FirstTile, block.EndTile - block.FirstTile, block.Slots * 16, block.Shape.SoftCap);
        var logSum = job.LogSums[row.HeadPlace];
        if (cap > 0)
            AttentionSoftmax.Cap<S, V, I>(scores, tiles, step, cap);
        var (low, high) = block.Shape.Visible(row.Position, block.Keys);
        var (biased, late) = (block.Bias.Origin != null, false);
        if (biased)
        {
            late = cap > 0 && slopes != null;
            if (late)
                AttentionBiasRows.CapSlopes<S, V, I>(scores, tiles, step, cap, factors);
            AttentionBiasRows.Add<S, V, I>(block.Bias.Row(block.Head(row), row.Position), scores, step, first * 16, low, high);
        }
        if (slopes == null)
            AttentionSoftmax.Exp<S, V, I>(scores, tiles, step, logSum);
        else
        {
            var place = row.HeadPlace * block.Shape.HeadDim;
            var product = LaneSums.Dot<S, V, I>(job.GradientY + place, job.Y + place, block.Shape.HeadDim);
            if (cap > 0 && !late)
                AttentionSoftmax.CapSlopes<S, V, I>(scores, slopes, tiles, step, product, cap);
            AttentionSoftmax.ExpSlopes<S, V, I>(scores, slopes, tiles, step, logSum, cap > 0 && !late ? 0 : product);
        }
        // A masked score may have overflowed: set, not multiplied.
        AttentionSoftmax.Mask<S, V, I>(scores, tiles, step, low - first * 16, high - first * 16, 0);
        if (slopes == null)
            return;
        AttentionSoftmax.Mask<S, V, I>(slopes, tiles, step, low - first * 16, high - first * 16, 0);
        if (gradientBias.Origin != null)
            AttentionBiasRows.Collect<S, V, I>(slopes, step, gradientBias.Row(block.Head(row), row.Position), first * 16, low, high);
        if (late)
            AttentionBiasRows.Multiply<S, V, I>(factors, slopes, tiles, step);
    }

    /// <summary>y += factor · x, or y = factor · x + 0 where <paramref name="write"/>: x in panels that stand step floats apart, y <paramref name="count"/> floats in a row.</summary>
    private static void AddRow<S, V, I>(float* x, long step, float factor, float* y, int count, bool write)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var f = S.Set(factor);
        for (; count >= 16; count -= 16, x += step, y += 16)
            for (var lane = 0; lane < 16; lane += S.Width)
                S.Store(S.Fma(f, S.Load(x + lane), write ? S.Set(0) : S.Load(y + lane)), y + lane);
        for (var lane = 0; lane < count; lane++)
            y[lane] = MathF.FusedMultiplyAdd(factor, x[lane], write ? 0 : y[lane]);
    }
}
