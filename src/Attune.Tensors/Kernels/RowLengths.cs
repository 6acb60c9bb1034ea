namespace Attune.Tensors.Kernels;

/// <summary>Rows divided by their length, and the cosine between rows.</summary>
internal static unsafe class RowLengths
{
    private static readonly delegate*<object?, void*, int, int, void> NormaliseKernel = KernelTier.Width switch
    {
        16 => &NormaliseRows<Simd512, V512, I512>,
        8 => &NormaliseRows<Simd256, V256, I256>,
        4 => &NormaliseRows<Simd128, V128, I128>,
        _ => &NormaliseRows<SimdScalar, float, int>,
    };

    private static readonly delegate*<object?, void*, int, int, void> NormaliseBackwardKernel = KernelTier.Width switch
    {
        16 => &NormaliseBackwardRows<Simd512, V512, I512>,
        8 => &NormaliseBackwardRows<Simd256, V256, I256>,
        4 => &NormaliseBackwardRows<Simd128, V128, I128>,
        _ => &NormaliseBackwardRows<SimdScalar, float, int>,
    };

    private static readonly delegate*<object?, void*, int, int, void> CosineKernel = KernelTier.Width switch
    {
        16 => &CosineRows<Simd512, V512, I512>,
        8 => &CosineRows<Simd256, V256, I256>,
        4 => &CosineRows<Simd128, V128, I128>,
        _ => &CosineRows<SimdScalar, float, int>,
    };

    private static readonly delegate*<object?, void*, int, int, void> CosineBackwardKernel = KernelTier.Width switch
    {
        16 => &CosineBackwardRows<Simd512, V512, I512>,
        8 => &CosineBackwardRows<Simd256, V256, I256>,
        4 => &CosineBackwardRows<Simd128, V128, I128>,
        _ => &CosineBackwardRows<SimdScalar, float, int>,
    };

    /// <summary>y = x / max(‖x‖, ε) by rows; the divisors go to <paramref name="lengths"/>, negative where ε won.</summary>
    public static void Normalise(Tensor x, float epsilon, Tensor y, float* lengths)
    {
        var job = new Job { A = x, Y = y, LengthA = lengths, Epsilon = epsilon };
        RowChunks.Run(NormaliseKernel, &job, x.Rows, x.Columns);
    }

    /// <summary>dx += (dy − y·(y·dy))/‖x‖, or dy/ε where ε won.</summary>
    public static void NormaliseBackward(Tensor y, float* lengths, Tensor dy, Tensor dx)
    {
        var job = new Job { A = dx, B = dy, Y = y, LengthA = lengths };
        RowChunks.Run(NormaliseBackwardKernel, &job, y.Rows, y.Columns);
    }

    /// <summary>y_r = a_r·b_r / (max(‖a_r‖, ε)·max(‖b_r‖, ε)); the divisors as in <see cref="Normalise"/>.</summary>
    public static void Cosine(Tensor a, Tensor b, float epsilon, Tensor y, float* lengthA, float* lengthB)
    {
        var job = new Job { A = a, B = b, Y = y, LengthA = lengthA, LengthB = lengthB, Epsilon = epsilon };
        RowChunks.Run(CosineKernel, &job, a.Rows, a.Columns);
    }

    /// <summary>da += dy·(b/‖b‖ − y·a/‖a‖)/‖a‖; without the second term where ε won.</summary>
    public static void CosineBackward(Tensor a, Tensor b, Tensor y, float* lengthA, float* lengthB, Tensor dy, Tensor da)
    {
        var job = new Job { A = a, B = b, Y = y, LengthA = lengthA, LengthB = lengthB, Dy = dy, Dx = da };
        RowChunks.Run(CosineBackwardKernel, &job, a.Rows, a.Columns);
    }

    private struct Job
    {
        public Tensor A, B, Y, Dy, Dx;
        public float* LengthA, LengthB;
        public float Epsilon;
    }

    private static float Length<S, V, I>(float* x, int n, float epsilon)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var length = MathF.Sqrt(LaneSums.Dot<S, V, I>(x, x, n));
        return length < epsilon ? -epsilon : length;
    }

    private static void NormaliseRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var n = job.A.Columns;
        var (start, end) = RowChunks.Range(item, job.A.Rows, n);
        for (var row = start; row < end; row++)
        {
            job.LengthA[row] = Length<S, V, I>(job.A.Row(row), n, job.Epsilon);
            Combine<S, V, I>(job.A.Row(row), null, 1 / MathF.Abs(job.LengthA[row]), 0, job.Y.Row(row), n, false);
        }
    }

    private static void NormaliseBackwardRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var n = job.Y.Columns;
        var (start, end) = RowChunks.Range(item, job.Y.Rows, n);
        for (var row = start; row < end; row++)
        {
            float* y = job.Y.Row(row), dy = job.B.Row(row);
            var inverse = 1 / MathF.Abs(job.LengthA[row]);
            var along = job.LengthA[row] < 0 ? 0 : LaneSums.Dot<S, V, I>(y, dy, n);
            Combine<S, V, I>(dy, y, inverse, -along * inverse, job.A.Row(row), n, true);
        }
    }

    private static void CosineRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var n = job.A.Columns;
        var (start, end) = RowChunks.Range(item, job.A.Rows, n);
        for (var row = start; row < end; row++)
        {
            float* a = job.A.Row(row), b = job.B.Row(row);
            job.LengthA[row] = Length<S, V, I>(a, n, job.Epsilon);
            job.LengthB[row] = Length<S, V, I>(b, n, job.Epsilon);
            job.Y.Data[row] = LaneSums.Dot<S, V, I>(a, b, n) / MathF.Abs(job.LengthA[row]) / MathF.Abs(job.LengthB[row]);
        }
    }

    private static void CosineBackwardRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var n = job.A.Columns;
        var (start, end) = RowChunks.Range(item, job.A.Rows, n);
        for (var row = start; row < end; row++)
        {
            var inverse = 1 / MathF.Abs(job.LengthA[row]);
            var dy = job.Dy.Data[row] * inverse;
            var along = job.LengthA[row] < 0 ? 0 : -dy * job.Y.Data[row] * inverse;
            Combine<S, V, I>(job.B.Row(row), job.A.Row(row), dy / MathF.Abs(job.LengthB[row]), along, job.Dx.Row(row), n, true);
        }
    }

    /// <summary>y (+)= a·s + b·t; b may be null.</summary>
    private static void Combine<S, V, I>(float* a, float* b, float s, float t, float* y, int n, bool add)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var i = 0;
        for (; i <= n - S.Width; i += S.Width)
        {
            var v = b is null ? S.Multiply(S.Load(a + i), S.Set(s)) : S.Fma(S.Load(a + i), S.Set(s), S.Multiply(S.Load(b + i), S.Set(t)));
            S.Store(add ? S.Add(S.Load(y + i), v) : v, y + i);
        }
        for (; i < n; i++)
        {
            var v = b is null ? a[i] * s : MathF.FusedMultiplyAdd(a[i], s, b[i] * t);
            y[i] = add ? y[i] + v : v;
        }
    }
}
