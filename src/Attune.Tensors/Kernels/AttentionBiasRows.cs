using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>
/// The numbers that are added to a segment's scores: that of head h, the query at position p and the key j is Origin[h·HeadStride + p·RowStride + j].
/// The same arithmetic at every width: each number is added once, rounded once.
/// </summary>
internal unsafe struct AttentionBiasRows
{
    /// <summary>Null where nothing is added. It may stand outside of the numbers; what is read does not.</summary>
    public float* Origin;

    public long HeadStride, RowStride;

    /// <summary>The numbers of a head and query, by key.</summary>
    public readonly float* Row(int head, int position) => Origin + head * HeadStride + position * RowStride;

    /// <summary>s += bias for the keys [low, high) of a row of tiles, of which the first begins at the key <paramref name="start"/>.</summary>
    public static void Add<S, V, I>(float* bias, float* s, long step, int start, int low, int high)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        while (low < high)
        {
            var (tile, lane) = Math.DivRem(low - start, 16);
            var count = Math.Min(16 - lane, high - low);
            AddTo<S, V, I>(bias + low, s + tile * step + lane, count);
            low += count;
        }
    }

    /// <summary>gradient += slopes for the keys [low, high): the other way round.</summary>
    public static void Collect<S, V, I>(float* slopes, long step, float* gradient, int start, int low, int high)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        while (low < high)
        {
            var (tile, lane) = Math.DivRem(low - start, 16);
            var count = Math.Min(16 - lane, high - low);
            AddTo<S, V, I>(slopes + tile * step + lane, gradient + low, count);
            low += count;
        }
    }

    /// <summary>factors = 1 − (s / cap)², beside s = cap · tanh(x / cap): the slope of the cap. Factors stand without gaps.</summary>
    public static void CapSlopes<S, V, I>(float* s, int tiles, long step, float cap, float* factors)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        for (; tiles > 0; tiles--, s += step, factors += 16)
            for (var i = 0; i < 16; i += S.Width)
            {
                var t = S.Divide(S.Load(s + i), S.Set(cap));
                S.Store(S.Subtract(S.Set(1), S.Multiply(t, t)), factors + i);
            }
    }

    /// <summary>s = s · factors.</summary>
    public static void Multiply<S, V, I>(float* factors, float* s, int tiles, long step)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        for (; tiles > 0; tiles--, s += step, factors += 16)
            for (var i = 0; i < 16; i += S.Width)
                S.Store(S.Multiply(S.Load(s + i), S.Load(factors + i)), s + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo<S, V, I>(float* x, float* y, int count)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var i = 0;
        for (; i <= count - S.Width; i += S.Width)
            S.Store(S.Add(S.Load(y + i), S.Load(x + i)), y + i);
        for (; i < count; i++)
            y[i] += x[i];
    }
}
