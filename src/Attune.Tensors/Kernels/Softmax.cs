using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>
/// y = e^(x − m)/Σ e^(x − m) over a row, m its maximum; the sum in sixteen float32 lanes by blocks of 1,024, blocks in
/// float64. A row of −∞ only gives NaN, as in torch.
/// </summary>
internal readonly unsafe struct Softmax : IRowFunction
{
    /// <summary>y = softmax(x) by rows; y may be x.</summary>
    public static void Forward(Tensor x, Tensor y) => RowFunction<Softmax>.Forward(x, y);

    public static void Value<S, V, I>(float* x, float* y, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        LogSumExp.Exponentials<S, V, I>(x, LogSumExp.Maximum<S, V, I>(x, n), y, n);
        var scale = (float)(1 / LaneSums.LongSum<S, V, I>(y, n));
        var i = 0;
        for (; i <= n - S.Width; i += S.Width)
            S.Store(S.Multiply(S.Load(y + i), S.Set(scale)), y + i);
        for (; i < n; i++)
            y[i] *= scale;
    }

    /// <summary>dx += y·(dy − Σ_j dy_j·y_j), y = softmax(x).</summary>
    public static void Gradient<S, V, I>(float* y, float* dy, float* dx, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var mean = LaneSums.Dot<S, V, I>(dy, y, n);
        var i = 0;
        for (; i <= n - S.Width; i += S.Width)
            Add<S, V, I>(y + i, dy + i, mean, dx + i);
        for (; i < n; i++)
            Add<SimdScalar, float, int>(y + i, dy + i, mean, dx + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<S, V, I>(float* y, float* dy, float mean, float* dx)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.Store(S.Fma(S.Load(y), S.Subtract(S.Load(dy), S.Set(mean)), S.Load(dx)), dx);
}
