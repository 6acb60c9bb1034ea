namespace Attune.Tensors.Kernels;

/// <summary>
/// cos and sin of every angle up to the largest position met so far; angles in float64, since position 100,000 in float32 loses
/// three digits. Grows when asked for more; not thread-safe while it grows.
/// </summary>
public sealed unsafe class RopeTable(RopeSettings settings) : IDisposable
{
    private readonly double[] theta = RopeFrequencies.Compute(settings);
    private readonly double factor = RopeFrequencies.AttentionFactor(settings);
    private NativeBuffer? table;
    private int positions;

    public RopeSettings Settings => settings;

    /// <summary>Makes sure that positions below <paramref name="count"/> are there.</summary>
    public void Grow(int count)
    {
        if (count <= positions)
            return;
        var size = Math.Max(count, Math.Max(256, positions * 2));
        var grown = new NativeBuffer((long)size * settings.RotaryDims * sizeof(float));
        for (var p = 0; p < size; p++)
            for (var i = 0; i < theta.Length; i++)
            {
                var (sin, cos) = Math.SinCos(p * theta[i]);
                grown.Floats[(long)p * settings.RotaryDims + i] = (float)(cos * factor);
                grown.Floats[(long)p * settings.RotaryDims + theta.Length + i] = (float)(sin * factor);
            }
        table?.Dispose();
        table = grown;
        positions = size;
    }

    public void Dispose() => table?.Dispose();

    /// <summary>RotaryDims/2 cosines, then as many sines.</summary>
    internal float* At(int position) => table!.Floats + (long)position * settings.RotaryDims;
}
