using System.Runtime.Intrinsics;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

public sealed class AttentionExpTests
{
    private static IEnumerable<float> Points => Enumerable.Range(0, 20_001).Select(i => -104f + i * (193f / 20_000));

    [Fact]
    public void Exp_WholeRange_WithinTwoUnitsInTheLastPlace()
    {
        foreach (var x in Points)
        {
            var exact = Math.Exp(x);
            var actual = AttentionExp.Exp<SimdScalar, float, int>(x);
            if (exact > float.MaxValue)
                Assert.Equal(float.PositiveInfinity, actual);
            else
                Assert.True(Math.Abs(actual - exact) <= 1.1 * Unit(exact), $"exp({x}) is {actual}");
        }
    }

    [Fact]
    public void Tanh_WholeRange_WithinTwoUnitsInTheLastPlace()
    {
        foreach (var x in Points.Select(x => x / 10))
            Assert.True(Math.Abs(AttentionExp.Tanh<SimdScalar, float, int>(x) - Math.Tanh(x)) <= 1.5 * Unit(Math.Abs(Math.Tanh(x))), $"tanh({x})");
    }

    [Fact]
    public void ExpAndTanh_EveryWidth_SameBits()
    {
        foreach (var x in Points.Concat([float.NegativeInfinity, float.PositiveInfinity, -0f, 1e-40f]))
        {
            var (exp, tanh) = (AttentionExp.Exp<SimdScalar, float, int>(x), AttentionExp.Tanh<SimdScalar, float, int>(x));
            Assert.Equal(Vector128.Create(exp).AsInt32(), AttentionExp.Exp<Simd128, Vector128<float>, Vector128<int>>(Vector128.Create(x)).AsInt32());
            Assert.Equal(Vector256.Create(exp).AsInt32(), AttentionExp.Exp<Simd256, Vector256<float>, Vector256<int>>(Vector256.Create(x)).AsInt32());
            Assert.Equal(Vector512.Create(exp).AsInt32(), AttentionExp.Exp<Simd512, Vector512<float>, Vector512<int>>(Vector512.Create(x)).AsInt32());
            Assert.Equal(Vector512.Create(tanh).AsInt32(), AttentionExp.Tanh<Simd512, Vector512<float>, Vector512<int>>(Vector512.Create(x)).AsInt32());
        }
    }

    [Theory]
    [InlineData(float.NegativeInfinity, 0f, -1f)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity, 1f)]
    [InlineData(0f, 1f, 0f)]
    [InlineData(float.NaN, float.NaN, float.NaN)]
    public void ExpAndTanh_SpecialValues_AsDefined(float x, float exp, float tanh)
    {
        Assert.Equal(exp, AttentionExp.Exp<SimdScalar, float, int>(x));
        Assert.Equal(tanh, AttentionExp.Tanh<SimdScalar, float, int>(x));
        Assert.Equal(exp, AttentionExp.Exp<Simd512, Vector512<float>, Vector512<int>>(Vector512.Create(x))[5]);
        Assert.Equal(tanh, AttentionExp.Tanh<Simd512, Vector512<float>, Vector512<int>>(Vector512.Create(x))[5]);
    }

    /// <summary>The distance between neighbouring floats at a value.</summary>
    private static double Unit(double value) => Math.ScaleB(1, Math.Max(-149, (int)Math.Floor(Math.Log2(value)) - 23));
}
