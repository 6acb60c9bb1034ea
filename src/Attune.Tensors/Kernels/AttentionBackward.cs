using Attune.Tensors.Autograd;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Gradients of attention. The probabilities are computed again, a few rows at a time:
/// p_ij = exp(s_ij − L_i); dv_j = Σ_i p_ij do_i; ds_ij = p_ij (do_i·v_j − do_i·o_i), times 1 − (s_ij / cap)² under a soft cap;
/// dq_i = Scale Σ_j ds_ij k_j; dk_j = Scale Σ_i ds_ij q_i, with L the log-sums of the forward pass
/// (Dao et al., "FlashAttention", 2022, appendix B.2). A work item is (sequence, kv head) and its sums ascend: no dependence on threads.
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

        /// <summary>The forward pass's segments; the pages of each stand one after another, zeros behind the last key.</summary>
        public AttentionSegment* Segments;

        public float* Q, K, V, Y, LogSums;
        public float* GradientY, GradientQ, GradientK, GradientV;
    }

    /// <summary>Adds to the wanted gradients of q, k and v.</summary>
    public static void Run(Job job) => ThreadTeam.Run(Kernel, null, &job, job.Count * job.Shape.KvHeads);

    private static void Item<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var index = item / job.Shape.KvHeads;
        var space = AttentionBackwardSpace.Of(job.Shape, job.Segments[index], job.Ranges[index].KeyCount, item % job.Shape.KvHeads, worker);
        var keyStart = (long)job.Ranges[index].KeyStart * job.Shape.KeyColumns + space.KvHead * job.Shape.HeadDim;
        space.Fill(job.K + keyStart, job.V + keyStart);
        var blocks = AttentionItems.Blocks(job.Shape, job.Segments[index]);
        for (var i = 0; i < blocks; i++)
            Block<S, V, I>(ref job, AttentionBlock.Of(job.Shape, job.Segments[index], space.KvHead, i), space);
        for (var j = 0; j < space.Keys; j++)
        {
            var to = keyStart + j * (long)job.Shape.KeyColumns;
            if (job.GradientK != null)
                AddRow<S, V, I>(space.KeySums + j * space.Padded, 1, job.GradientK + to, job.Shape.HeadDim);
            if (job.GradientV != null)
                AddRow<S, V, I>(space.ValueSums + j * space.Padded, 1, job.GradientV + to, job.Shape.HeadDim);
        }
    }

    private static void Block<S, V, I>(ref Job job, in AttentionBlock block, in AttentionBackwardSpace space)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var (dim, padded, keys) = (job.Shape.HeadDim, AttentionProduct.Pad(block.Rows), space.TileKeys);
        var (tile, tiles) = (block.FirstTile, block.EndTile - block.FirstTile);
        var (first, count, stride) = (tile * 16, tiles * 16, space.Stride);
        var scores = job.GradientQ != null || job.GradientK != null;
        block.Gather<S, V, I>(job.Q, job.Shape.Scale, space.Queries, padded);
        block.Gather<S, V, I>(job.GradientY, 1, space.Outputs, padded);
        AttentionProduct.Run<S, V, I>(padded, dim, space.Queries, dim, 1, space.KeyTiles + tile * (long)job.Shape.PageFloats, job.Shape.PageFloats, tiles, space.Scores, stride, load: false);
        if (scores)
            AttentionProduct.Run<S, V, I>(padded, dim, space.Outputs, dim, 1, space.ValueTiles + first * dim, dim * 16, tiles, space.Slopes, stride, load: false);
        for (var r = 0; r < block.Rows; r++)
            Row<S, V, I>(ref job, block, r, space.Scores + r * stride, scores ? space.Slopes + r * stride : null, first, count);
        var panels = space.Padded / 16;
        if (job.GradientV != null)
        {
            AttentionTile.Panels(space.RowPanels, padded * 16, space.Outputs, dim, block.Rows, dim);
            AttentionProduct.Run<S, V, I>(count, block.Rows, space.Scores, 1, stride, space.RowPanels, padded * 16, panels, space.ValueSums + first * space.Padded, space.Padded, load: true);
        }
        if (job.GradientK != null)
        {
            AttentionTile.Panels(space.RowPanels, padded * 16, space.Queries, dim, block.Rows, dim);
            AttentionProduct.Run<S, V, I>(count, block.Rows, space.Slopes, 1, stride, space.RowPanels, padded * 16, panels, space.KeySums + first * space.Padded, space.Padded, load: true);
        }
        if (job.GradientQ == null)
            return;
        AttentionProduct.Run<S, V, I>(padded, count, space.Slopes, stride, 1, space.KeyPanels + first * 16, keys * 16, panels, space.QuerySums, space.Padded, load: false);
        for (var r = 0; r < block.Rows; r++)
            AddRow<S, V, I>(space.QuerySums + r * space.Padded, job.Shape.Scale, job.GradientQ + block.Place(r), dim);
    }

    /// <summary>Makes scores probabilities and, unless null, do·v the gradient of the scores; zeros where the mask is.</summary>
    private static void Row<S, V, I>(ref Job job, in AttentionBlock block, int r, float* scores, float* slopes, int first, int count)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var (low, high) = block.Shape.Visible(block.Position + r / block.Shape.Group, block.Keys);
        if (block.Shape.SoftCap > 0)
            AttentionSoftmax.Cap<S, V, I>(scores, count, block.Shape.SoftCap);
        if (slopes != null)
        {
            var place = block.Place(r);
            var product = Dot(job.GradientY + place, job.Y + place, block.Shape.HeadDim);
            AttentionSoftmax.Slopes<S, V, I>(scores, slopes, count, product, block.Shape.SoftCap);
        }
        AttentionSoftmax.Exp<S, V, I>(scores, count, job.LogSums[block.HeadPlace(r)]);
        // A masked score may have overflowed: set, not multiplied.
        new Span<float>(scores, low - first).Clear();
        new Span<float>(scores + (high - first), count - (high - first)).Clear();
        if (slopes != null)
            AttentionSoftmax.MultiplyTo<S, V, I>(scores, slopes, count);
    }

    private static float Dot(float* a, float* b, int count)
    {
        var sum = 0f;
        for (var i = 0; i < count; i++)
            sum = MathF.FusedMultiplyAdd(a[i], b[i], sum);
        return sum;
    }

    /// <summary>y += factor · x.</summary>
    private static void AddRow<S, V, I>(float* x, float factor, float* y, int count)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var f = S.Set(factor);
        var i = 0;
        for (; i <= count - S.Width; i += S.Width)
            S.Store(S.Fma(f, S.Load(x + i), S.Load(y + i)), y + i);
        for (; i < count; i++)
            y[i] = MathF.FusedMultiplyAdd(factor, x[i], y[i]);
    }
}
