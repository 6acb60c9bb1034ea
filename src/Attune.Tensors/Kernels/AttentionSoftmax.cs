namespace Attune.Tensors.Kernels;

/// <summary>Steps of a softmax over one row of scores, a whole number of 16-key tiles. Sums run in 16 lanes at every width.</summary>
internal static unsafe class AttentionSoftmax
{
    /// <summary>s = cap · tanh(s / cap).</summary>
    public static void Cap<S, V, I>(float* s, int count, float cap)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var bound = S.Set(cap);
        for (var i = 0; i < count; i += S.Width)
            S.Store(S.Multiply(bound, VectorMath.Tanh<S, V, I>(S.Divide(S.Load(s + i), bound))), s + i);
    }

    /// <summary>s = −∞ outside [from, to) of the row.</summary>
    public static void Mask(float* s, int count, int from, int to)
    {
        new Span<float>(s, from).Fill(float.NegativeInfinity);
        new Span<float>(s + to, count - to).Fill(float.NegativeInfinity);
    }

    /// <summary>The largest of the row. A NaN may be passed over: the exponentials' sum becomes NaN all the same.</summary>
    public static float Max<S, V, I>(float* s, int count)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var largest = S.Load(s);
        for (var i = S.Width; i < count; i += S.Width)
        {
            var x = S.Load(s + i);
            largest = S.Select(S.LessThan(largest, x), x, largest);
        }
        var lanes = stackalloc float[S.Width];
        S.Store(largest, lanes);
        var max = lanes[0];
        for (var i = 1; i < S.Width; i++)
            max = max < lanes[i] ? lanes[i] : max;
        return max;
    }

    /// <summary>s = exp(s − max); returns the sum: lane by lane over ascending tiles, then the 16 lanes by halves.</summary>
    public static float ExpSum<S, V, I>(float* s, int count, float max)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var lanes = stackalloc float[16];
        var most = S.Set(max);
        for (var lane = 0; lane < 16; lane += S.Width)
        {
            var sum = S.Set(0);
            for (var i = lane; i < count; i += 16)
            {
                var p = VectorMath.Exp<S, V, I>(S.Subtract(S.Load(s + i), most));
                S.Store(p, s + i);
                sum = S.Add(sum, p);
            }
            S.Store(sum, lanes + lane);
        }
        var a = lanes[0] + lanes[8] + (lanes[4] + lanes[12]);
        var b = lanes[1] + lanes[9] + (lanes[5] + lanes[13]);
        var c = lanes[2] + lanes[10] + (lanes[6] + lanes[14]);
        var d = lanes[3] + lanes[11] + (lanes[7] + lanes[15]);
        return a + c + (b + d);
    }

    /// <summary>s = exp(s − shift).</summary>
    public static void Exp<S, V, I>(float* s, int count, float shift)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var by = S.Set(shift);
        for (var i = 0; i < count; i += S.Width)
            S.Store(VectorMath.Exp<S, V, I>(S.Subtract(S.Load(s + i), by)), s + i);
    }

    /// <summary>g = (g − product), times 1 − (s / cap)² where cap is not 0: the slope of cap · tanh(x / cap), whose value is s.</summary>
    public static void Slopes<S, V, I>(float* s, float* g, int count, float product, float cap)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var mean = S.Set(product);
        for (var i = 0; i < count; i += S.Width)
        {
            var slope = S.Subtract(S.Load(g + i), mean);
            if (cap > 0)
            {
                var t = S.Divide(S.Load(s + i), S.Set(cap));
                slope = S.Multiply(slope, S.Subtract(S.Set(1), S.Multiply(t, t)));
            }
            S.Store(slope, g + i);
        }
    }

    /// <summary>g = p · g.</summary>
    public static void MultiplyTo<S, V, I>(float* p, float* g, int count)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        for (var i = 0; i < count; i += S.Width)
            S.Store(S.Multiply(S.Load(p + i), S.Load(g + i)), g + i);
    }

    /// <summary>y = x / divisor, for <paramref name="count"/> floats.</summary>
    public static void Divide<S, V, I>(float* x, float divisor, float* y, int count)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var d = S.Set(divisor);
        var i = 0;
        for (; i <= count - S.Width; i += S.Width)
            S.Store(S.Divide(S.Load(x + i), d), y + i);
        for (; i < count; i++)
            y[i] = x[i] / divisor;
    }
}
