using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>Runs an activation over a matrix, forward and backward.</summary>
internal readonly unsafe struct Activation<F> : IUnaryKernel
    where F : struct, IActivation
{
    /// <summary>y = f(x); y may be x.</summary>
    public static void Forward(Tensor x, Tensor y) => Elementwise<Values>.Run(x.Data, null, y.Data, y.Count);

    /// <summary>dx += dy·f′(x).</summary>
    public static void Backward(Tensor x, Tensor dy, Tensor dx) => Elementwise<Slopes>.Run(x.Data, dy.Data, dx.Data, dx.Count);

    static void IUnaryKernel.Forward(Tensor x, float p, float q, Tensor y) => Forward(x, y);

    static void IUnaryKernel.Backward(Tensor x, float p, float q, Tensor dy, Tensor dx) => Backward(x, dy, dx);

    private readonly struct Values : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void At<S, V, I>(float* a, float* b, float* y, float scale)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Store(F.Value<S, V, I>(S.Load(a)), y);
    }

    private readonly struct Slopes : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void At<S, V, I>(float* a, float* b, float* y, float scale)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Store(S.Fma(S.Load(b), F.Slope<S, V, I>(S.Load(a)), S.Load(y)), y);
    }
}
