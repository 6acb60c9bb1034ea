namespace Attune.Tensors.Autograd;

/// <summary>A trained matrix: its value and its gradient, alive until disposed. Vectors are matrices of one row.</summary>
public sealed unsafe class Parameter : IDisposable
{
    private readonly NativeBuffer value;
    private NativeBuffer? gradient;

    public Parameter(string name, int rows, int columns)
    {
        (Name, Rows, Columns) = (name, rows, columns);
        value = new NativeBuffer((long)rows * columns * sizeof(float), clear: true);
    }

    public string Name { get; }
    public int Rows { get; }
    public int Columns { get; }
    public int Count => Rows * Columns;

    /// <summary>[Rows, Columns], off the tape.</summary>
    public Tensor Value => new(value.Floats, Rows, Columns);

    /// <summary>[Rows, Columns]; its memory is taken when it is first asked for, so a loaded adapter has none.</summary>
    public Tensor Gradient => new((gradient ??= new NativeBuffer((long)Rows * Columns * sizeof(float), clear: true)).Floats, Rows, Columns);

    public void ClearGradient()
    {
        using var _ = Profile.Measure(OperationKind.Optimizer, 0, 4L * Count);
        Gradient.Clear();
    }

    public void Dispose()
    {
        value.Dispose();
        gradient?.Dispose();
    }
}
