using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>Sums, differences, products and multiples of matrices, element by element. y may be a or b.</summary>
internal static unsafe class Elementwise
{
    /// <summary>y = a + b.</summary>
    public static void Add(Tensor a, Tensor b, Tensor y) => Elementwise<Sum>.Run(a.Data, b.Data, y.Data, y.Count);

    /// <summary>sum += x.</summary>
    public static void AddTo(Tensor x, Tensor sum) => Add(x, sum, sum);

    /// <summary>y = a − b.</summary>
    public static void Subtract(Tensor a, Tensor b, Tensor y) => Elementwise<Difference>.Run(a.Data, b.Data, y.Data, y.Count);

    /// <summary>y = a·b.</summary>
    public static void Multiply(Tensor a, Tensor b, Tensor y) => Elementwise<Product>.Run(a.Data, b.Data, y.Data, y.Count);

    /// <summary>sum += a·b.</summary>
    public static void AddProduct(Tensor a, Tensor b, Tensor sum) => Elementwise<AddedProduct>.Run(a.Data, b.Data, sum.Data, sum.Count);

    /// <summary>y = x·s.</summary>
    public static void Scale(Tensor x, float s, Tensor y) => Elementwise<Multiple>.Run(x.Data, null, y.Data, y.Count, s);

    /// <summary>sum += x·s.</summary>
    public static void AddScaled(Tensor x, float s, Tensor sum) => Elementwise<AddedMultiple>.Run(x.Data, null, sum.Data, sum.Count, s);

    /// <summary>sum += s.</summary>
    public static void AddConstant(float s, Tensor sum) => Elementwise<Constant>.Run(sum.Data, null, sum.Data, sum.Count, s);

    /// <summary>sum += (a − b)·s.</summary>
    public static void AddScaledDifference(Tensor a, Tensor b, float s, Tensor sum) =>
        Elementwise<AddedDifference>.Run(a.Data, b.Data, sum.Data, sum.Count, s);

    /// <summary>y = x + row, the row added to every row.</summary>
    public static void AddRow(Tensor x, Tensor row, Tensor y) => Elementwise<Sum>.RunRows(x.Data, row.Data, y.Data, y.Rows, y.Columns);

    /// <summary>y = x·row, every row multiplied by the row.</summary>
    public static void MultiplyRow(Tensor x, Tensor row, Tensor y) => Elementwise<Product>.RunRows(x.Data, row.Data, y.Data, y.Rows, y.Columns);

    /// <summary>sum += x·row, every row multiplied by the row.</summary>
    public static void AddProductRow(Tensor x, Tensor row, Tensor sum) => Elementwise<AddedProduct>.RunRows(x.Data, row.Data, sum.Data, sum.Rows, sum.Columns);

    /// <summary>y = a + b.</summary>
    private readonly struct Sum : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void At<S, V, I>(float* a, float* b, float* y, float scale)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Store(S.Add(S.Load(a), S.Load(b)), y);
    }

    /// <summary>y = a − b.</summary>
    private readonly struct Difference : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void At<S, V, I>(float* a, float* b, float* y, float scale)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Store(S.Subtract(S.Load(a), S.Load(b)), y);
    }

    /// <summary>y = a·b.</summary>
    private readonly struct Product : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void At<S, V, I>(float* a, float* b, float* y, float scale)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Store(S.Multiply(S.Load(a), S.Load(b)), y);
    }

    /// <summary>y += a·b, rounded once.</summary>
    private readonly struct AddedProduct : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void At<S, V, I>(float* a, float* b, float* y, float scale)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Store(S.Fma(S.Load(a), S.Load(b), S.Load(y)), y);
    }

    /// <summary>y = a·s.</summary>
    private readonly struct Multiple : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void At<S, V, I>(float* a, float* b, float* y, float scale)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Store(S.Multiply(S.Load(a), S.Set(scale)), y);
    }

    /// <summary>y += a·s, rounded once.</summary>
    private readonly struct AddedMultiple : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void At<S, V, I>(float* a, float* b, float* y, float scale)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Store(S.Fma(S.Load(a), S.Set(scale), S.Load(y)), y);
    }

    /// <summary>y += s.</summary>
    private readonly struct Constant : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void At<S, V, I>(float* a, float* b, float* y, float scale)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Store(S.Add(S.Set(scale), S.Load(y)), y);
    }

    /// <summary>y += (a − b)·s.</summary>
    private readonly struct AddedDifference : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void At<S, V, I>(float* a, float* b, float* y, float scale)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Store(S.Fma(S.Subtract(S.Load(a), S.Load(b)), S.Set(scale), S.Load(y)), y);
    }
}
