using System.Runtime.InteropServices;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors.Weights;

public sealed class FiniteCheckTests
{
    [Fact]
    public void FirstNotFinite_AtEveryPlaceOfEveryLength_IsFound()
    {
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
            for (var length = 0; length <= 70; length++)
            {
                var row = Enumerable.Repeat(float.MaxValue, length).ToArray();
                Assert.Equal(-1, FiniteCheck.FirstNotFinite(row));
                for (var at = length - 1; at >= 0; at--)
                {
                    // From the end on, so that the first of several is asked for.
                    row[at] = bad;
                    Assert.Equal(at, FiniteCheck.FirstNotFinite(row));
                    Assert.Equal(at, FiniteCheck.FirstNotFinite(WeightFormat.F16, MemoryMarshal.AsBytes<Half>(Array.ConvertAll(row, v => float.IsFinite(v) ? Half.MaxValue : (Half)v))));
                    Assert.Equal(at, FiniteCheck.FirstNotFinite(WeightFormat.BF16, MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(row, v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16)))));
                }
            }
    }

    [Fact]
    public void Create_OfTheLargestFiniteValues_FindsNone()
    {
        using var matrix = WeightMatrix.Create(17, 32, Enumerable.Repeat(-float.MaxValue, 17 * 32).ToArray());
        Assert.Null(matrix.FirstNotFinite);
    }

    [Fact]
    public void Create_OfCodesThatLookLikeNaN_FindsNone()
    {
        // Every byte 0x7F: the scale is 0x3C00 (1), the codes are not looked at.
        byte[] row = [0x00, 0x3C, .. Enumerable.Repeat((byte)0x7F, 32)];
        using var matrix = WeightMatrix.Create(WeightFormat.Q8_0, 1, 32, row);
        Assert.Null(matrix.FirstNotFinite);
    }
}
