using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors;

/// <summary>Quantised matrices of random bits, and the products of <see cref="Precision.Fast"/> as arrays.</summary>
internal static unsafe class FastPrecisionCases
{
    public static readonly WeightFormat[] Quantised = [WeightFormat.Q4_0, WeightFormat.Q4_1, WeightFormat.Q8_0];

    /// <summary>Rows of blocks: any codes, under scales and minima that are positive, negative, zero or subnormal.</summary>
    public static byte[] Packed(WeightFormat format, int outputs, int columns, SeededRandom random)
    {
        var size = WeightMatrix.BlockBytes(format);
        var packed = new byte[outputs * columns / 32 * size];
        for (var i = 0; i < packed.Length; i++)
            packed[i] = (byte)random.Next(256);
        for (var block = 0; block < packed.Length; block += size)
        {
            Half(packed, block, random);
            if (format == WeightFormat.Q4_1)
                Half(packed, block + 2, random);
        }
        return packed;
    }

    /// <summary>x·Wᵀ in one tier.</summary>
    public static float[] Product(WeightMatrix weight, float[] x, IntegerTier tier)
    {
        using var memory = new Arena();
        var rows = x.Length / weight.Columns;
        var y = new float[rows * weight.Rows];
        Array.Fill(y, float.NaN);
        var bytes = memory.Take(ByteActivations.Bytes(rows, weight.Columns));
        fixed (float* px = x, py = y)
        {
            ByteActivations.Quantise(px, rows, weight.Columns, IntegerProduct.Zero(weight.Format), IntegerTiers.Width(tier), bytes);
            var part = IntegerProduct.Part(bytes, rows, (QuantisedMatrix)weight, py, memory, tier);
            ThreadTeam.Run(part.Kernel, weight, part.Job, part.Items);
        }
        return y;
    }

    /// <summary>What <see cref="LinearOperation.Linear"/> gives.</summary>
    public static float[] Linear(WeightMatrix weight, float[] x, Precision precision = Precision.Fast, bool recording = false)
    {
        using var graph = new Graph(recording) { Precision = precision };
        return graph.Linear(TestTensors.Constant(graph, x, x.Length / weight.Columns, weight.Columns), weight).Span.ToArray();
    }

    public static void AssertSameBits(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            if (!float.IsNaN(expected[i]) || !float.IsNaN(actual[i]))
                Assert.True(BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]), FormattableString.Invariant($"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}"));
    }

    private static void Half(byte[] packed, int at, SeededRandom random)
    {
        var value = random.Next(16) switch
        {
            0 => default,
            1 => BitConverter.UInt16BitsToHalf((ushort)(1 + random.Next(1023))),
            _ => (Half)(random.NextNormal() * 0.01),
        };
        BitConverter.TryWriteBytes(packed.AsSpan(at), value);
    }
}
