using System.Runtime.Intrinsics;
using Attune.Tensors.Kernels;
using Attune.Tensors.Kernels.Reference;

namespace Attune.Tests.Tensors;

public class VectorMathTests
{
    [Theory]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(89f, float.PositiveInfinity)]
    [InlineData(1e30f, float.PositiveInfinity)]
    [InlineData(-104.5f, 0f)]
    [InlineData(-1e30f, 0f)]
    [InlineData(0f, 1f)]
    [InlineData(-103.5f, 1.4012985e-45f)]
    public void Exp_AtAnEdge_HasItsLimit(float x, float expected) => Assert.Equal(expected, VectorMath.Exp<SimdScalar, float, int>(x));

    [Fact]
    public void Exp_OverItsRange_IsWithinOneAndAHalfUnits()
    {
        for (var x = -103.9f; x < 88.7f; x += 0.0037f)
        {
            var exact = Math.Exp(x);
            Assert.True(Math.Abs(VectorMath.Exp<SimdScalar, float, int>(x) - exact) <= 1.5 * Unit(exact), $"exp({x})");
        }
    }

    [Fact]
    public unsafe void Exp_EveryWidth_SameBits()
    {
        // Past both ends, through the subnormal results, and what is no number.
        float[] x = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, .. Enumerable.Range(0, 40_000).Select(i => -110 + i * 0.0052f)];
        Array.Resize(ref x, x.Length & ~15);
        var y = new float[16];
        fixed (float* p = x)
        fixed (float* to = y)
            for (var i = 0; i < x.Length; i += 16)
            {
                var expected = x.AsSpan(i, 16).ToArray().Select(v => BitConverter.SingleToInt32Bits(VectorMath.Exp<SimdScalar, float, int>(v))).ToArray();
                for (var lane = 0; lane < 16; lane += 4)
                    Simd128.Store(VectorMath.Exp<Simd128, Vector128<float>, Vector128<int>>(Simd128.Load(p + i + lane)), to + lane);
                Assert.Equal(expected, y.Select(BitConverter.SingleToInt32Bits));
                for (var lane = 0; lane < 16; lane += 8)
                    Simd256.Store(VectorMath.Exp<Simd256, Vector256<float>, Vector256<int>>(Simd256.Load(p + i + lane)), to + lane);
                Assert.Equal(expected, y.Select(BitConverter.SingleToInt32Bits));
                Simd512.Store(VectorMath.Exp<Simd512, Vector512<float>, Vector512<int>>(Simd512.Load(p + i)), to);
                Assert.Equal(expected, y.Select(BitConverter.SingleToInt32Bits));
            }
    }

    [Theory]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, float.NaN)]
    [InlineData(-1f, float.NaN)]
    [InlineData(0f, float.NegativeInfinity)]
    [InlineData(1f, 0f)]
    [InlineData(1.4012985e-45f, -103.27893f)]
    public void Log_AtAnEdge_HasItsLimit(float x, float expected) => Assert.Equal(expected, VectorMath.Log<SimdScalar, float, int>(x));

    [Fact]
    public void Log_OverItsRange_IsWithinTwoUnits()
    {
        for (var x = 1.2e-38f; x < 3e38f; x *= 1.00037f)
            Assert.True(Math.Abs(VectorMath.Log<SimdScalar, float, int>(x) - Math.Log(x)) <= 2 * Unit(Math.Log(x)), $"ln {x}");
        for (var u = 0f; u <= 1; u += 0.00037f)
        {
            var exact = u < 1e-4 ? u - u * (double)u / 2 : Math.Log(1.0 + u);
            Assert.True(Math.Abs(VectorMath.LogOnePlus<SimdScalar, float, int>(u) - exact) <= 3 * Unit(exact), $"ln(1 + {u})");
        }
    }

    [Fact]
    public void Tanh_OverItsRange_IsWithinThreeUnits()
    {
        for (var x = -11f; x < 11; x += 0.00037f)
        {
            var exact = Math.Tanh(x);
            Assert.True(Math.Abs(VectorMath.Tanh<SimdScalar, float, int>(x) - exact) <= 3 * Unit(exact), $"tanh({x})");
        }
    }

    [Fact]
    public void Erf_OverItsRange_IsWithinItsError()
    {
        for (var x = -6f; x < 6; x += 0.00037f)
            Assert.Equal(ReferenceFunctions.Erf(x), VectorMath.Erf<SimdScalar, float, int>(x), 1.5e-7);
    }

    [Theory]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(float.NegativeInfinity, -1f)]
    [InlineData(0f, 0f)]
    public void TanhAndErf_AtAnEdge_HaveTheirLimit(float x, float expected)
    {
        Assert.Equal(expected, VectorMath.Tanh<SimdScalar, float, int>(x));
        Assert.Equal(expected, VectorMath.Erf<SimdScalar, float, int>(x));
    }

    /// <summary>erf at values from tables (Abramowitz and Stegun 1964, table 7.1).</summary>
    [Theory, InlineData(0.5, 0.5204998778), InlineData(1.0, 0.8427007929), InlineData(1.5, 0.9661051465), InlineData(2.0, 0.9953222650), InlineData(-1.0, -0.8427007929)]
    public void ReferenceErf_AtTabulatedValues_EqualsTheTable(double x, double expected) => Assert.Equal(expected, ReferenceFunctions.Erf(x), 1e-9);

    private static double Unit(double value) => Math.Max(MathF.BitIncrement((float)Math.Abs(value)) - (float)Math.Abs(value), 1.4e-45);
}
