namespace Attune.Tensors.Kernels;

/// <summary>
/// The vector operations that kernels are written in, once for every width. <typeparamref name="V"/> holds float32 lanes,
/// <typeparamref name="I"/> as many int32 lanes. Every operation is exactly rounded per lane and none sums floats across lanes,
/// so a kernel gives the same bits at every width.
/// </summary>
/// <typeparam name="V">float lanes</typeparam>
/// <typeparam name="I">int lanes</typeparam>
internal unsafe interface ISimd<V, I>
    where V : struct
    where I : struct
{
    static abstract int Width { get; }

    static abstract V Load(float* p);
    static abstract void Store(V v, float* p);
    static abstract V Set(float x);
    static abstract V Add(V a, V b);
    static abstract V Subtract(V a, V b);
    static abstract V Multiply(V a, V b);
    static abstract V Divide(V a, V b);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract V Fma(V a, V b, V c);

    static abstract V Max(V a, V b);
    static abstract V Min(V a, V b);
    static abstract V Sqrt(V a);

    /// <summary>To the nearest whole number, ties to even.</summary>
    static abstract V Round(V a);

    /// <summary>a where mask's lane is all ones, else b.</summary>
    static abstract V Select(V mask, V a, V b);
    static abstract V LessThan(V a, V b);

    static abstract I LoadInts(int* p);

    /// <summary>Width 16-bit values, each widened with zeros.</summary>
    static abstract I LoadUInt16(ushort* p);
    static abstract void StoreInts(I v, int* p);
    static abstract I SetInt(int x);
    static abstract I AddInts(I a, I b);
    static abstract I SubtractInts(I a, I b);
    static abstract I MaxInts(I a, I b);
    static abstract I And(I a, I b);
    static abstract I Or(I a, I b);
    static abstract I Xor(I a, I b);
    static abstract I ShiftLeft(I a, int bits);
    static abstract I ShiftRight(I a, int bits);
    static abstract I ShiftRightArithmetic(I a, int bits);
    static abstract V ToFloat(I a);

    /// <summary>Toward zero; the value must fit.</summary>
    static abstract I ToInt(V a);
    static abstract V AsFloat(I a);

    /// <summary>x, or the bound where x is less. NaN stays.</summary>
    static abstract V AtLeast(V x, V bound);

    /// <summary>x, or the bound where x is greater. NaN stays.</summary>
    static abstract V AtMost(V x, V bound);

    /// <summary>a·2ⁿ, rounded once, for whole n in [−150, 129].</summary>
    static abstract V Scale(V a, V n);

    /// <summary>The lanes' sum: neighbours Width/2 apart, then half as far, down to one.</summary>
    static abstract float SumByHalves(V a);

    /// <summary>The largest lane, NaN if one is: exact in any order.</summary>
    static abstract float MaxAcross(V a);

    /// <summary>The largest lane.</summary>
    static abstract int MaxAcrossInts(I a);

    /// <summary>The sum of the lanes: exact in any order.</summary>
    static abstract int SumAcross(I a);

    /// <summary>Stores Width lanes, each within [−128, 127], as bytes.</summary>
    static abstract void StoreBytes(I a, sbyte* p);
    static abstract I AsInt(V a);
}
