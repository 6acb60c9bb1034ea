using Attune.Tensors;
using Attune.Tensors.Weights;

namespace Attune.Bench;

/// <summary>Random matrices in memory of their own, for the length of a benchmark.</summary>
internal static unsafe class BenchTensors
{
    private static readonly List<NativeBuffer> Kept = [];

    public static Tensor Normal(int rows, int columns, ulong seed)
    {
        var random = new SeededRandom(seed);
        var buffer = new NativeBuffer((long)rows * columns * sizeof(float));
        Kept.Add(buffer);
        foreach (ref var v in buffer.FloatSpan)
            v = (float)random.NextNormal();
        return new Tensor(buffer.Floats, rows, columns);
    }

    /// <summary>Packed blocks of a format with small scales.</summary>
    public static byte[] Packed(WeightFormat format, int rows, int columns, ulong seed)
    {
        var random = new SeededRandom(seed);
        var block = WeightMatrix.BlockBytes(format);
        var bytes = new byte[(long)rows * columns / (block > 4 ? 32 : 1) * block];
        for (var i = 0; i < bytes.Length; i++)
            // The upper byte of float16 scales, and of every bfloat16: near 0.01, so that sums stay finite.
            bytes[i] = (byte)(block switch { 2 => i % 2 == 1, 20 => i % block is 1 or 3, _ => i % block == 1 } ? 0x20 : random.Next(256));
        return bytes;
    }
}
