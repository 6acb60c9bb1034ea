using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels.Reference;

/// <summary>
/// The products of <see cref="Precision.Fast"/> as their formulas have them, in plain loops over rows packed as in a file. The order of
/// roundings is the definition: fast kernels give the same bits.
/// </summary>
internal static class ReferenceFastProduct
{
    /// <summary>x [rows, columns] with a quantised matrix [outputs, columns].</summary>
    public static float[] Integer(WeightFormat format, ReadOnlySpan<byte> packed, int outputs, int columns, ReadOnlySpan<float> x)
    {
        var rows = x.Length / columns;
        var rowBytes = packed.Length / outputs;
        var y = new float[rows * outputs];
        var (q, p) = (new int[32], new int[32]);
        for (var i = 0; i < rows; i++)
        {
            var row = x.Slice(i * columns, columns);
            var limit = FineLimit(row);
            foreach (var half in (bool[])[false, true])
                for (var b = 0; b < columns / 32; b++)
                {
                    var (s, fine) = Quantise(row.Slice(b * 32, 32), limit, q, p);
                    if (half && !fine)
                        continue;
                    for (var n = 0; n < outputs; n++)
                        AddBlock(format, packed.Slice(n * rowBytes + b * WeightMatrix.BlockBytes(format)), half ? s / 256 : s, half ? p : q, ref y[i * outputs + n]);
                }
        }
        return y;
    }

    /// <summary>What a block's squared magnitude must exceed to have a fine half: the mean of all.</summary>
    public static float FineLimit(ReadOnlySpan<float> row)
    {
        var sum = 0f;
        for (var b = 0; b < row.Length; b += 32)
        {
            var max = Largest(row.Slice(b, 32));
            sum += max * max;
        }
        return sum / (row.Length / 32);
    }

    /// <summary>
    /// The scale s of 32 activations, their codes q, and whether they have a fine half, whose codes are p: x ≈ s·q + (s/256)·p. NaN and zeros where one
    /// is not finite.
    /// </summary>
    public static (float Scale, bool Fine) Quantise(ReadOnlySpan<float> x, float limit, int[] q, int[] p)
    {
        Array.Clear(q);
        Array.Clear(p);
        var max = Largest(x);
        if (!float.IsFinite(max))
            return (float.NaN, false);
        if (max < MathF.ScaleB(1, -80))
            return (0, false);
        var fine = max * max > limit;
        for (var i = 0; i < 32; i++)
        {
            var v = (int)MathF.Round(x[i] * ((fine ? 32512 : 127) / max), MidpointRounding.ToEven);
            q[i] = fine ? (int)Math.Floor((v + 128) / 256.0) : v;
            p[i] = fine ? v - 256 * q[i] : 0;
        }
        return (max / 127, fine);
    }

    private static float Largest(ReadOnlySpan<float> x)
    {
        var max = 0f;
        foreach (var v in x)
            max = MathF.Max(max, MathF.Abs(v));
        return max;
    }

    /// <summary>The nearest bfloat16; of two equally near the one whose last bit is 0.</summary>
    public static float Brain(float x)
    {
        if (!float.IsFinite(x))
            return x;
        var bits = BitConverter.SingleToUInt32Bits(x);
        var (kept, rest) = (bits >> 16, bits & 0xffff);
        if (rest > 0x8000 || rest == 0x8000 && kept % 2 == 1)
            kept++;
        return BitConverter.UInt32BitsToSingle(kept << 16);
    }

    private static void AddBlock(WeightFormat format, ReadOnlySpan<byte> block, float s, int[] p, ref float acc)
    {
        var d = (float)BitConverter.ToHalf(block);
        var (sum, total) = (0, 0);
        for (var i = 0; i < 32; i++)
        {
            sum += Code(format, block, i) * p[i];
            total += p[i];
        }
        acc = MathF.FusedMultiplyAdd(sum, d * s, acc);
        if (format == WeightFormat.Q4_1)
            acc = MathF.FusedMultiplyAdd((float)BitConverter.ToHalf(block[2..]), s * total, acc);
    }

    private static int Code(WeightFormat format, ReadOnlySpan<byte> block, int i) => format switch
    {
        WeightFormat.Q8_0 => (sbyte)block[2 + i],
        WeightFormat.Q4_0 => (block[2 + i % 16] >> (i / 16 * 4) & 15) - 8,
        _ => block[4 + i % 16] >> (i / 16 * 4) & 15,
    };
}
