using Attune.Tensors;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures.Blocks;

/// <summary>
/// Attention with linear biases (Press et al., "Train Short, Test Long", 2022): score −= slope of the head · distance. The table grows with the longest
/// sequence met so far.
/// </summary>
/// <param name="slopes">One for each head.</param>
internal sealed unsafe class AlibiBias(float[] slopes) : IDisposable
{
    // Smaller tables may still be read by what was recorded; together they are no larger than the last.
    private readonly List<NativeBuffer> buffers = [];
    private Tensor table;

    /// <summary>
    /// null: by distance. Otherwise by the key's position, as Falcon has it: slope and position, then their product, rounded to bfloat16, times this.
    /// </summary>
    public float? RoundedScale { get; init; }

    /// <summary>The bias for the longest sequence of a batch, what is cached before it included.</summary>
    public AttentionBias Of(TokenBatch batch)
    {
        var reach = 1;
        foreach (var segment in batch.Segments)
            reach = Math.Max(reach, segment.Past + segment.Length);
        if (table.Columns < reach)
            Grow(Math.Max(256, Math.Max(reach, table.Columns * 2)));
        return RoundedScale is null ? AttentionBias.OfDistances(table, table.Columns - 1) : AttentionBias.OfKeys(table);
    }

    public void Dispose()
    {
        foreach (var buffer in buffers)
            buffer.Dispose();
    }

    private void Grow(int columns)
    {
        var buffer = new NativeBuffer((long)slopes.Length * columns * sizeof(float));
        buffers.Add(buffer);
        table = new Tensor(buffer.Floats, slopes.Length, columns);
        if (RoundedScale is not { } scale)
        {
            AttentionAlibi.Fill(slopes, table, columns - 1);
            return;
        }
        for (var h = 0; h < slopes.Length; h++)
            for (var c = 0; c < columns; c++)
                table.Row(h)[c] = Rounded(Rounded(slopes[h]) * Rounded(c)) * scale;
    }

    /// <summary>The nearest bfloat16, ties to even.</summary>
    private static float Rounded(float x)
    {
        var bits = BitConverter.SingleToUInt32Bits(x);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }
}
