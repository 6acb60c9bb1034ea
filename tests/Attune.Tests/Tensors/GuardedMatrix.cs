using Attune.Tensors;

namespace Attune.Tests.Tensors;

/// <summary>A matrix between canaries, not aligned to a vector, so that a kernel which reads or writes beside it is found out.</summary>
internal sealed unsafe class GuardedMatrix : IDisposable
{
    private const int Guard = 33;
    private const int Canary = 0x7fa0dead;

    private readonly NativeBuffer buffer;
    private readonly int count;

    public GuardedMatrix(float[] values, int rows, int columns)
    {
        count = rows * columns;
        buffer = new NativeBuffer((count + 2 * Guard) * sizeof(float));
        new Span<int>(buffer.Pointer, count + 2 * Guard).Fill(Canary);
        Tensor = new Tensor(buffer.Floats + Guard, rows, columns);
        values.CopyTo(Tensor.Span);
    }

    public GuardedMatrix(int rows, int columns)
        : this(new float[rows * columns], rows, columns)
    {
    }

    public Tensor Tensor { get; }

    public float* Data => Tensor.Data;

    public Span<float> Values => Tensor.Span;

    public void Dispose()
    {
        var all = new ReadOnlySpan<int>(buffer.Pointer, count + 2 * Guard);
        var touched = all[..Guard].ContainsAnyExcept(Canary) || all[^Guard..].ContainsAnyExcept(Canary);
        buffer.Dispose();
        Assert.False(touched, "a kernel wrote beside its matrix");
    }
}
