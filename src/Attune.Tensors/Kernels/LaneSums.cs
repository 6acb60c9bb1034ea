namespace Attune.Tensors.Kernels;

/// <summary>
/// Sums over a row in a fixed order: lane l of sixteen adds elements l, l + 16, l + 32, …, then the lanes are added as a tree. So the
/// sum is the same at every vector width.
/// </summary>
internal static unsafe class LaneSums
{
    public const int Lanes = 16;

    /// <summary>Σ a[i]·b[i].</summary>
    public static float Dot<S, V, I>(float* a, float* b, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var lanes = stackalloc float[Lanes];
        var i = 0;
        if (S.Width == Lanes)
        {
            var sum = S.Set(0);
            for (; i <= n - Lanes; i += Lanes)
                sum = S.Fma(S.Load(a + i), S.Load(b + i), sum);
            S.Store(sum, lanes);
        }
        else
        {
            new Span<float>(lanes, Lanes).Clear();
            for (; i <= n - Lanes; i += Lanes)
                for (var l = 0; l < Lanes; l += S.Width)
                    S.Store(S.Fma(S.Load(a + i + l), S.Load(b + i + l), S.Load(lanes + l)), lanes + l);
        }
        for (; i < n; i++)
            lanes[i % Lanes] = MathF.FusedMultiplyAdd(a[i], b[i], lanes[i % Lanes]);
        return Tree(lanes);
    }

    /// <summary>Σ a[i].</summary>
    public static float Sum<S, V, I>(float* a, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var lanes = stackalloc float[Lanes];
        new Span<float>(lanes, Lanes).Clear();
        var i = 0;
        for (; i <= n - Lanes; i += Lanes)
            for (var l = 0; l < Lanes; l += S.Width)
                S.Store(S.Add(S.Load(a + i + l), S.Load(lanes + l)), lanes + l);
        for (; i < n; i++)
            lanes[i % Lanes] += a[i];
        return Tree(lanes);
    }

    /// <summary>The lanes' sum: neighbours eight apart, then four, two, one.</summary>
    public static float Tree(float* lanes)
    {
        for (var step = Lanes / 2; step > 0; step /= 2)
            for (var i = 0; i < step; i++)
                lanes[i] += lanes[i + step];
        return lanes[0];
    }
}
