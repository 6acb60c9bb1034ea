using Attune.Tensors.Kernels;

namespace Attune.Tensors.Weights;

/// <summary>
/// float16 in panels [k][16 rows], or bfloat16 in panels [pairs of k][16 rows][2], which is how <see cref="BrainProduct"/> reads it; an odd last
/// column is paired with 0.
/// </summary>
internal sealed unsafe class Float16Matrix(WeightFormat format, int rows, int columns) : WeightMatrix(format, rows, columns, (columns + 1L) / 2 * 2 * Lanes * sizeof(ushort))
{
    private static readonly delegate*<ushort*, float*, int, void> FromHalf = KernelTier.Width switch
    {
        16 => &HalfPrecision.ToFloat<Simd512, V512, I512>,
        8 => &HalfPrecision.ToFloat<Simd256, V256, I256>,
        4 => &HalfPrecision.ToFloat<Simd128, V128, I128>,
        _ => &HalfPrecision.ToFloat<SimdScalar, float, int>,
    };

    private static readonly delegate*<uint*, float*, int, void> FromBrain = KernelTier.Width switch
    {
        16 => &HalfPrecision.BrainPairsToFloat<Simd512, V512, I512>,
        8 => &HalfPrecision.BrainPairsToFloat<Simd256, V256, I256>,
        4 => &HalfPrecision.BrainPairsToFloat<Simd128, V128, I128>,
        _ => &HalfPrecision.BrainPairsToFloat<SimdScalar, float, int>,
    };

    internal override float* Unpack(int panel, int start, int count, float* scratch)
    {
        // start is even, so a row of pairs begins there in either layout.
        var from = (ushort*)PanelData(panel) + start * Lanes;
        if (Format == WeightFormat.F16)
            FromHalf(from, scratch, count * Lanes);
        else
            FromBrain((uint*)from, scratch, count);
        return scratch;
    }

    private protected override void LoadRow(byte* panel, int lane, byte* packed)
    {
        for (var k = 0; k < Columns; k++)
            ((ushort*)panel)[Format == WeightFormat.F16 ? k * Lanes + lane : (k / 2 * Lanes + lane) * 2 + k % 2] = ((ushort*)packed)[k];
    }
}
