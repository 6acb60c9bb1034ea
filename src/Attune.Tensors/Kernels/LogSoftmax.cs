using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>y = x − m − ln Σ e^(x − m) over a row, m its maximum. A row of −∞ only gives NaN, as in torch.</summary>
internal readonly unsafe struct LogSoftmax : IRowFunction
{
    /// <summary>y = ln softmax(x) by rows; y may be x.</summary>
    public static void Forward(Tensor x, Tensor y) => RowFunction<LogSoftmax>.Forward(x, y);

    public static void Value<S, V, I>(float* x, float* y, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var (maximum, exact) = LogSumExp.Row<S, V, I>(x, n);
        var logSum = (float)exact;
        var i = 0;
        for (; i <= n - S.Width; i += S.Width)
            S.Store(S.Subtract(S.Subtract(S.Load(x + i), S.Set(maximum)), S.Set(logSum)), y + i);
        for (; i < n; i++)
            y[i] = x[i] - maximum - logSum;
    }

    /// <summary>dx += dy − e^y·Σ_j dy_j, y = ln softmax(x).</summary>
    public static void Gradient<S, V, I>(float* y, float* dy, float* dx, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var sum = LaneSums.Sum<S, V, I>(dy, n);
        var i = 0;
        for (; i <= n - S.Width; i += S.Width)
            Add<S, V, I>(y + i, dy + i, sum, dx + i);
        for (; i < n; i++)
            Add<SimdScalar, float, int>(y + i, dy + i, sum, dx + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<S, V, I>(float* y, float* dy, float sum, float* dx)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.Store(S.Add(S.Load(dx), S.Fma(VectorMath.Exp<S, V, I>(S.Load(y)), S.Set(-sum), S.Load(dy))), dx);
}
