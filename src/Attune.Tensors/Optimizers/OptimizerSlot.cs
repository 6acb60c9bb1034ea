namespace Attune.Tensors.Optimizers;

/// <summary>What an optimizer keeps for one parameter: buffers allocated once, named by <see cref="Optimizer"/>.</summary>
internal sealed unsafe class OptimizerSlot : IDisposable
{
    private readonly NativeBuffer[] buffers;

    public OptimizerSlot(string name, int rows, int columns, bool decays, IReadOnlyList<StatePart> parts)
    {
        (Name, Rows, Columns, Decays, Parts) = (name, rows, columns, decays, parts);
        buffers = [.. parts.Select(p => new NativeBuffer((long)p.Count * sizeof(float)))];
        Reset();
    }

    public string Name { get; }
    public int Rows { get; }
    public int Columns { get; }
    public int Count => Rows * Columns;

    /// <summary>Whether weight decay applies to this parameter.</summary>
    public bool Decays { get; }

    public IReadOnlyList<StatePart> Parts { get; }

    /// <summary>Steps taken, the present one included.</summary>
    public long Steps { get; set; }

    /// <summary>Part <paramref name="i"/>'s memory; null where there is no such part.</summary>
    public float* Part(int i) => i < buffers.Length ? buffers[i].Floats : null;

    public Span<float> Values(int i) => buffers[i].FloatSpan;

    /// <summary>Before the first step.</summary>
    public void Reset()
    {
        Steps = 0;
        for (var i = 0; i < Parts.Count; i++)
            Values(i).Fill(Parts[i].Start);
    }

    public void Dispose()
    {
        foreach (var buffer in buffers)
            buffer.Dispose();
    }
}
