using Attune.Tensors.Kernels;

namespace Attune.Tensors.Weights;

/// <summary>float16 or bfloat16 in panels [k][16 rows].</summary>
internal sealed unsafe class Float16Matrix(WeightFormat format, int rows, int columns) : WeightMatrix(format, rows, columns, (long)columns * Lanes * sizeof(ushort))
{
    private static readonly delegate*<ushort*, float*, int, void> FromHalf = KernelTier.Width switch
    {
        16 => &HalfPrecision.ToFloat<Simd512, V512, I512>,
        8 => &HalfPrecision.ToFloat<Simd256, V256, I256>,
        4 => &HalfPrecision.ToFloat<Simd128, V128, I128>,
        _ => &HalfPrecision.ToFloat<SimdScalar, float, int>,
    };

    private static readonly delegate*<ushort*, float*, int, void> FromBrain = KernelTier.Width switch
    {
        16 => &HalfPrecision.BrainToFloat<Simd512, V512, I512>,
        8 => &HalfPrecision.BrainToFloat<Simd256, V256, I256>,
        4 => &HalfPrecision.BrainToFloat<Simd128, V128, I128>,
        _ => &HalfPrecision.BrainToFloat<SimdScalar, float, int>,
    };

    internal override float* Unpack(int panel, int start, int count, float* scratch)
    {
        var from = (ushort*)PanelData(panel) + start * Lanes;
        if (Format == WeightFormat.F16)
            FromHalf(from, scratch, count * Lanes);
        else
            FromBrain(from, scratch, count * Lanes);
        return scratch;
    }

    private protected override void LoadRow(byte* panel, int lane, byte* packed)
    {
        for (var k = 0; k < Columns; k++)
            ((ushort*)panel)[k * Lanes + lane] = ((ushort*)packed)[k];
    }
}
