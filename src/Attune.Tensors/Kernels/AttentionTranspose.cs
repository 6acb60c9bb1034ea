using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Attune.Tensors.Kernels;

/// <summary>Rows of tokens turned into a tile of columns of tokens. It moves numbers and computes none, so widths need not agree on how.</summary>
internal static unsafe class AttentionTranspose
{
    private static readonly bool Wide = KernelTier.Width == 16 && Avx512F.IsSupported && Avx512DQ.IsSupported;

    /// <summary>to[d·16 + slot + i] = from[i·stride + d] for i below <paramref name="count"/>; the tile's other tokens stay.</summary>
    public static void Run(float* to, int slot, int count, float* from, long stride, int dim)
    {
        var done = 0;
        // One token is one float a line however it is done.
        if (Wide && count > 1)
            done = Columns(to, slot, count, from, stride, dim & ~3);
        for (var i = 0; i < count; i++, from += stride)
            for (var d = done; d < dim; d++)
                to[d * AttentionTile.Tokens + slot + i] = from[d];
    }

    /// <summary>Four dimensions at a time: 16 quarter vectors make four vectors, each of which has its quarters transposed.</summary>
    private static int Columns(float* to, int slot, int count, float* from, long stride, int dim)
    {
        var rows = stackalloc float*[16];
        for (var i = 0; i < 16; i++)
            rows[i] = from + Math.Clamp(i - slot, 0, count - 1) * stride;
        var whole = count == 16;
        var lanes = Vector512<int>.Indices;
        var mine = Vector512.GreaterThanOrEqual(lanes, Vector512.Create(slot)) & Vector512.LessThan(lanes, Vector512.Create(slot + count));
        for (var d = 0; d < dim; d += 4, to += 64)
        {
            V512 a = Quarters(rows, 0, d), b = Quarters(rows, 1, d), c = Quarters(rows, 2, d), e = Quarters(rows, 3, d);
            V512 ab = Avx512F.UnpackLow(a, b), AB = Avx512F.UnpackHigh(a, b), ce = Avx512F.UnpackLow(c, e), CE = Avx512F.UnpackHigh(c, e);
            Put(Avx512F.UnpackLow(ab.AsDouble(), ce.AsDouble()).AsSingle(), to, mine.AsSingle(), whole);
            Put(Avx512F.UnpackHigh(ab.AsDouble(), ce.AsDouble()).AsSingle(), to + 16, mine.AsSingle(), whole);
            Put(Avx512F.UnpackLow(AB.AsDouble(), CE.AsDouble()).AsSingle(), to + 32, mine.AsSingle(), whole);
            Put(Avx512F.UnpackHigh(AB.AsDouble(), CE.AsDouble()).AsSingle(), to + 48, mine.AsSingle(), whole);
        }
        return dim;
    }

    /// <summary>Four floats of each of the rows first, first + 4, first + 8 and first + 12.</summary>
    private static V512 Quarters(float** rows, int first, int d)
    {
        var low = Vector256.Create(Vector128.Load(rows[first] + d), Vector128.Load(rows[first + 4] + d));
        var high = Vector256.Create(Vector128.Load(rows[first + 8] + d), Vector128.Load(rows[first + 12] + d));
        return Vector512.Create(low, high);
    }

    private static void Put(V512 x, float* to, V512 mine, bool whole) =>
        Vector512.Store(whole ? x : Vector512.ConditionalSelect(mine, x, Vector512.Load(to)), to);
}
