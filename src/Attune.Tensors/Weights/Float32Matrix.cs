namespace Attune.Tensors.Weights;

/// <summary>float32 in panels [k][16 rows], read in place.</summary>
internal sealed unsafe class Float32Matrix(int rows, int columns) : WeightMatrix(WeightFormat.F32, rows, columns, (long)columns * Lanes * sizeof(float))
{
    internal override float* Unpack(int panel, int start, int count, float* scratch) => (float*)PanelData(panel) + start * Lanes;

    private protected override void LoadRow(byte* panel, int lane, byte* packed)
    {
        for (var k = 0; k < Columns; k++)
            ((float*)panel)[k * Lanes + lane] = ((float*)packed)[k];
    }
}
