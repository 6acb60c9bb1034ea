using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Runs a function of two variables over matrices. Either may have one row or one column where the result has more; it then
/// counts as repeated.
/// </summary>
internal static unsafe class Binary<F>
    where F : struct, IBinary
{
    /// <summary>y = f(a, b).</summary>
    public static void Forward(Tensor a, Tensor b, Tensor y) => Runner<Values>.Run(a, b, y, y);

    /// <summary>da += dy·∂f/∂a, of dy's shape.</summary>
    public static void BackwardA(Tensor a, Tensor b, Tensor dy, Tensor da) => Runner<SlopesA>.Run(Loaded(a, b, dy), F.ReadsInputs ? b : dy, dy, da);

    /// <summary>db += dy·∂f/∂b, of dy's shape.</summary>
    public static void BackwardB(Tensor a, Tensor b, Tensor dy, Tensor db) => Runner<SlopesB>.Run(F.ReadsInputs ? a : dy, Loaded(b, a, dy), dy, db);

    /// <summary>The kernel loads both inputs; a slope that does not depend on one gets what is loaded anyhow, which costs no memory traffic.</summary>
    private static Tensor Loaded(Tensor own, Tensor other, Tensor dy) =>
        !F.ReadsInputs ? dy : typeof(F) == typeof(BinaryFunctions.Product) && other.Count == dy.Count ? other : own;

    private interface IRole
    {
        static abstract void At<S, V, I>(V a, V b, float* dy, float* y)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct;
    }

    private readonly struct Values : IRole
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void At<S, V, I>(V a, V b, float* dy, float* y)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Store(F.Value<S, V, I>(a, b), y);
    }

    private readonly struct SlopesA : IRole
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void At<S, V, I>(V a, V b, float* dy, float* y)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Store(S.Fma(S.Load(dy), F.SlopeA<S, V, I>(a, b), S.Load(y)), y);
    }

    private readonly struct SlopesB : IRole
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void At<S, V, I>(V a, V b, float* dy, float* y)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Store(S.Fma(S.Load(dy), F.SlopeB<S, V, I>(a, b), S.Load(y)), y);
    }

    private struct Job
    {
        public Tensor A, B, Dy, Y;
    }

    private static class Runner<R>
        where R : struct, IRole
    {
        private static readonly delegate*<object?, void*, int, int, void> FlatKernel = KernelTier.Width switch
        {
            16 => &Flat<Simd512, V512, I512>,
            8 => &Flat<Simd256, V256, I256>,
            4 => &Flat<Simd128, V128, I128>,
            _ => &Flat<SimdScalar, float, int>,
        };

        private static readonly delegate*<object?, void*, int, int, void> RowKernel = KernelTier.Width switch
        {
            16 => &Rows<Simd512, V512, I512>,
            8 => &Rows<Simd256, V256, I256>,
            4 => &Rows<Simd128, V128, I128>,
            _ => &Rows<SimdScalar, float, int>,
        };

        public static void Run(Tensor a, Tensor b, Tensor dy, Tensor y)
        {
            var job = new Job { A = a, B = b, Dy = dy, Y = y };
            if (a.Count == y.Count && b.Count == y.Count)
                Chunks.Run(FlatKernel, &job, y.Count);
            else
                RowChunks.Run(RowKernel, &job, y.Rows, y.Columns);
        }

        private static void Flat<S, V, I>(object? state, void* context, int item, int worker)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            ref var job = ref *(Job*)context;
            var (start, end) = Chunks.Range(item, job.Y.Count);
            Pairs<S, V, I>(job.A.Data + start, job.B.Data + start, job.Dy.Data + start, job.Y.Data + start, (int)(end - start));
        }

        private static void Rows<S, V, I>(object? state, void* context, int item, int worker)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            ref var job = ref *(Job*)context;
            var n = job.Y.Columns;
            var (start, end) = RowChunks.Range(item, job.Y.Rows, n);
            for (var row = start; row < end; row++)
            {
                float* a = job.A.Row(job.A.Rows == 1 ? 0 : row), b = job.B.Row(job.B.Rows == 1 ? 0 : row), dy = job.Dy.Row(row), y = job.Y.Row(row);
                if (job.A.Columns == n && job.B.Columns == n)
                    Pairs<S, V, I>(a, b, dy, y, n);
                else if (job.A.Columns == n)
                    OneB<S, V, I>(a, *b, dy, y, n);
                else
                    OneA<S, V, I>(*a, b, dy, y, n);
            }
        }

        private static void Pairs<S, V, I>(float* a, float* b, float* dy, float* y, int n)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            var i = 0;
            for (; i <= n - S.Width; i += S.Width)
                R.At<S, V, I>(S.Load(a + i), S.Load(b + i), dy + i, y + i);
            for (; i < n; i++)
                R.At<SimdScalar, float, int>(a[i], b[i], dy + i, y + i);
        }

        private static void OneA<S, V, I>(float a, float* b, float* dy, float* y, int n)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            var i = 0;
            for (; i <= n - S.Width; i += S.Width)
                R.At<S, V, I>(S.Set(a), S.Load(b + i), dy + i, y + i);
            for (; i < n; i++)
                R.At<SimdScalar, float, int>(a, b[i], dy + i, y + i);
        }

        private static void OneB<S, V, I>(float* a, float b, float* dy, float* y, int n)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            var i = 0;
            for (; i <= n - S.Width; i += S.Width)
                R.At<S, V, I>(S.Load(a + i), S.Set(b), dy + i, y + i);
            for (; i < n; i++)
                R.At<SimdScalar, float, int>(a[i], b, dy + i, y + i);
        }
    }
}
