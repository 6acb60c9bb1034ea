namespace Attune.Tensors.Autograd;

/// <summary>A trained matrix: its value and its gradient, alive until disposed. Vectors are matrices of one row.</summary>
public sealed unsafe class Parameter : IDisposable
{
    private readonly NativeBuffer value;
    private NativeBuffer? gradient;
    private bool isToClear;

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
    public Tensor Gradient
    {
        get
        {
            var result = ToAdd(out var first);
            if (first)
                result.Clear();
            return result;
        }
    }

    /// <summary>Makes the gradient zero. It is cleared when it is next asked for, unless an operation overwrites it.</summary>
    public void ClearGradient() => isToClear = true;

    /// <summary>The gradient to be added to; <paramref name="first"/>: it counts as zero, its contents are undefined and it must be written in whole.</summary>
    internal Tensor ToAdd(out bool first)
    {
        first = isToClear || gradient is null;
        isToClear = false;
        return new Tensor((gradient ??= new NativeBuffer((long)Rows * Columns * sizeof(float))).Floats, Rows, Columns);
    }

    public void Dispose()
    {
        value.Dispose();
        gradient?.Dispose();
    }
}
