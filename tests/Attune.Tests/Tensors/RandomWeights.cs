using Attune.Tensors;
using Attune.Tensors.Kernels.Reference;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors;

/// <summary>Random matrices of any format, and their numbers by the formulas of <see cref="WeightFormat"/>.</summary>
internal static class RandomWeights
{
    public static bool IsQuantised(WeightFormat format) => format is WeightFormat.Q4_0 or WeightFormat.Q4_1 or WeightFormat.Q8_0;

    public static WeightMatrix Create(WeightFormat format, int outputs, int columns, SeededRandom random) =>
        WeightMatrix.Create(format, outputs, columns, Packed(format, outputs, columns, random));

    public static byte[] Packed(WeightFormat format, int outputs, int columns, SeededRandom random)
    {
        if (IsQuantised(format))
            return FastPrecisionCases.Packed(format, outputs, columns, random);
        var values = TestTensors.Normal(random, outputs * columns);
        return [.. values.SelectMany(v => format switch
        {
            WeightFormat.F32 => BitConverter.GetBytes(v),
            WeightFormat.F16 => BitConverter.GetBytes((Half)v),
            _ => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(ReferenceFastProduct.Brain(v)) >> 16)),
        })];
    }

    /// <summary>
    /// The weight at a place of a row, and the largest that its terms together can be: |d·q| + |m|. A double holds d·q + m whole, so that its nearest
    /// float32 is the one that a fused multiply-add gives.
    /// </summary>
    public static (double Value, double Size) At(WeightFormat format, ReadOnlySpan<byte> row, int column)
    {
        if (!IsQuantised(format))
        {
            double value = format switch
            {
                WeightFormat.F32 => BitConverter.ToSingle(row[(column * 4)..]),
                WeightFormat.F16 => (double)BitConverter.ToHalf(row[(column * 2)..]),
                _ => BitConverter.UInt32BitsToSingle((uint)BitConverter.ToUInt16(row[(column * 2)..]) << 16),
            };
            return (value, Math.Abs(value));
        }
        var block = row[(column / 32 * WeightMatrix.BlockBytes(format))..];
        var (d, i) = ((double)BitConverter.ToHalf(block), column % 32);
        var m = format == WeightFormat.Q4_1 ? (double)BitConverter.ToHalf(block[2..]) : 0;
        var q = format switch
        {
            WeightFormat.Q8_0 => (sbyte)block[2 + i],
            WeightFormat.Q4_0 => (block[2 + i % 16] >> (i / 16 * 4) & 15) - 8,
            _ => block[4 + i % 16] >> (i / 16 * 4) & 15,
        };
        return (d * q + m, Math.Abs(d * q) + Math.Abs(m));
    }
}
