using Attune.Tensors.Kernels;

namespace Attune.Tensors.Weights;

/// <summary>
/// Q8_0, Q4_0 or Q4_1 in panels of 16 rows. A block of 32 columns is: 16 scales d (f16), for Q4_1 16 minima m (f16), then bytes
/// in groups of 64, [row][4 columns] each: for 4-bit formats 4 groups, whose low nibbles are columns 4j…4j+3 and
/// high nibbles 16+4j…; for Q8_0 8 groups of columns 4j…4j+3. So four columns of a row are one 32-bit lane,
/// which is what both the float32 kernels and the integer dot products read.
/// </summary>
internal sealed unsafe class QuantisedMatrix : WeightMatrix
{
    internal const int BlockLength = 32;
    internal const int GroupBytes = 4 * Lanes;
    private const int ScaleBytes = Lanes * sizeof(ushort);

    private readonly delegate*<byte*, int, float*, void> unpackHalf;

    public QuantisedMatrix(WeightFormat format, int rows, int columns)
        : base(format, rows, columns, columns / BlockLength * PanelBlockBytes(format))
    {
        BlockBytesInPanel = PanelBlockBytes(format);
        unpackHalf = format switch
        {
            WeightFormat.Q8_0 => UnpackQuantised.Eight,
            WeightFormat.Q4_0 => UnpackQuantised.FourZero,
            _ => UnpackQuantised.FourOne,
        };
    }

    /// <summary>Bytes of a block of 32 columns of a panel.</summary>
    internal int BlockBytesInPanel { get; }

    /// <summary>Offset of the codes in a block.</summary>
    internal int CodesOffset => Format == WeightFormat.Q4_1 ? 2 * ScaleBytes : ScaleBytes;

    internal override float* Unpack(int panel, int start, int count, float* scratch)
    {
        var data = PanelData(panel);
        for (var k = 0; k < count; k += BlockLength / 2)
        {
            var column = start + k;
            unpackHalf(data + column / BlockLength * BlockBytesInPanel, column / 16 & 1, scratch + k * Lanes);
        }
        return scratch;
    }

    private protected override void LoadRow(byte* panel, int lane, byte* packed)
    {
        var header = Format == WeightFormat.Q4_1 ? 4 : 2;
        var codes = Format == WeightFormat.Q8_0 ? 32 : 16;
        for (var block = 0; block < Columns / BlockLength; block++, panel += BlockBytesInPanel, packed += header + codes)
        {
            ((ushort*)panel)[lane] = *(ushort*)packed;
            if (Format == WeightFormat.Q4_1)
                ((ushort*)panel)[Lanes + lane] = *(ushort*)(packed + 2);
            var to = panel + CodesOffset;
            for (var i = 0; i < codes; i++)
                to[i / 4 * GroupBytes + lane * 4 + i % 4] = packed[header + i];
        }
    }

    private static int PanelBlockBytes(WeightFormat format) => Lanes * WeightMatrix.BlockBytes(format);
}
