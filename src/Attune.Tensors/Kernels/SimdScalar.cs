namespace Attune.Tensors.Kernels;

/// <summary>One lane: the same kernels without vectors, for processors that have none and to check the others against.</summary>
internal readonly unsafe struct SimdScalar : ISimd<float, int>
{
    public static int Width => 1;

    public static float Load(float* p) => *p;
    public static void Store(float v, float* p) => *p = v;
    public static float Set(float x) => x;
    public static float Add(float a, float b) => a + b;
    public static float Subtract(float a, float b) => a - b;
    public static float Multiply(float a, float b) => a * b;
    public static float Divide(float a, float b) => a / b;
    public static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);
    public static float Max(float a, float b) => MathF.Max(a, b);
    public static float Min(float a, float b) => MathF.Min(a, b);
    public static float Sqrt(float a) => MathF.Sqrt(a);
    public static float Round(float a) => MathF.Round(a);
    public static float Select(float mask, float a, float b) => BitConverter.SingleToInt32Bits(mask) != 0 ? a : b;
    public static float LessThan(float a, float b) => BitConverter.Int32BitsToSingle(a < b ? -1 : 0);
    public static int LoadInts(int* p) => *p;
    public static int LoadUInt16(ushort* p) => *p;
    public static void StoreInts(int v, int* p) => *p = v;
    public static int SetInt(int x) => x;
    public static int AddInts(int a, int b) => a + b;
    public static int SubtractInts(int a, int b) => a - b;
    public static int And(int a, int b) => a & b;
    public static int Or(int a, int b) => a | b;
    public static int Xor(int a, int b) => a ^ b;
    public static int ShiftLeft(int a, int bits) => a << bits;
    public static int ShiftRight(int a, int bits) => a >>> bits;
    public static int ShiftRightArithmetic(int a, int bits) => a >> bits;
    public static float ToFloat(int a) => a;
    public static int ToInt(float a) => (int)a;
    public static float AsFloat(int a) => BitConverter.Int32BitsToSingle(a);
    public static int AsInt(float a) => BitConverter.SingleToInt32Bits(a);
    public static float AtLeast(float x, float bound) => x < bound ? bound : x;
    public static float AtMost(float x, float bound) => bound < x ? bound : x;
    public static float Scale(float a, float n) => VectorMath.TwoFactors<SimdScalar, float, int>(a, n);
    public static float SumByHalves(float a) => a;
    public static float MaxAcross(float a) => a;
    public static int MaxInts(int a, int b) => Math.Max(a, b);
    public static int MaxAcrossInts(int a) => a;
    public static int SumAcross(int a) => a;
    public static void StoreBytes(int a, sbyte* p) => *p = (sbyte)a;
}
