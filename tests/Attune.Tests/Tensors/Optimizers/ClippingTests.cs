using Attune.Tensors;
using Attune.Tensors.Optimizers;

namespace Attune.Tests.Tensors.Optimizers;

public class ClippingTests
{
    private static Tensor Of(Arena arena, params float[] values)
    {
        var tensor = arena.Matrix(1, values.Length);
        values.CopyTo(tensor.Span);
        return tensor;
    }

    [Fact]
    public void ByNorm_ThreeAndFourOverOne_ScalesToLengthOne()
    {
        using var arena = new Arena();
        var (a, b) = (Of(arena, 3, 0), Of(arena, 4));
        Assert.Equal(5, GradientClipping.ByNorm([a, b], 1), 12);
        Assert.Equal(0.6f, a.Span[0], 1e-6f);
        Assert.Equal(0.8f, b.Span[0], 1e-6f);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(double.PositiveInfinity, 4)]
    public void Norm_OtherOrders_AreTakenOverAllTogether(double order, double expected)
    {
        using var arena = new Arena();
        Assert.Equal(expected, GradientClipping.Norm([Of(arena, 3, -1), Of(arena, -4)], order), 12);
    }

    [Fact]
    public void ByNorm_Zeros_StayZero()
    {
        using var arena = new Arena();
        var zero = Of(arena, 0, 0);
        Assert.Equal(0, GradientClipping.ByNorm([zero], 1));
        Assert.Equal([0f, 0f], zero.Span.ToArray());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void ByNorm_NotFinite_IsReportedAndChangesNothing(float bad)
    {
        using var arena = new Arena();
        var gradient = Of(arena, 1, bad, 2, 3, 4);
        Assert.False(double.IsFinite(GradientClipping.ByNorm([gradient], 1)));
        Assert.Equal([1, bad, 2, 3, 4], gradient.Span.ToArray());
        Assert.False(double.IsFinite(GradientClipping.Norm([gradient], double.PositiveInfinity)));
    }
}
