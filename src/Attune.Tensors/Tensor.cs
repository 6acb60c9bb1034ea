namespace Attune.Tensors;

/// <summary>
/// A float32 matrix, rows one after another, in memory that somebody else owns (an <see cref="Arena"/> or a <see cref="NativeBuffer"/>).
/// <see cref="Node"/> is its place on a tape: 0 where no gradient is wanted.
/// </summary>
public readonly unsafe struct Tensor(float* data, int rows, int columns, int node = 0)
{
    public readonly float* Data = data;
    public readonly int Rows = rows;
    public readonly int Columns = columns;
    public readonly int Node = node;

    public long Count => (long)Rows * Columns;

    public bool IsEmpty => Data is null;

    public Span<float> Span => new(Data, checked((int)Count));

    public Span<float> this[int row] => new(Data + (long)row * Columns, Columns);

    public float* Row(int row) => Data + (long)row * Columns;

    public void Clear() => System.Runtime.InteropServices.NativeMemory.Clear(Data, (nuint)(Count * sizeof(float)));

    public Tensor WithNode(int node) => new(Data, Rows, Columns, node);

    /// <summary>The rows [<paramref name="start"/>, <paramref name="start"/> + <paramref name="count"/>), in the same memory, off the tape.</summary>
    public Tensor Slice(int start, int count) => new(Row(start), count, Columns);

    /// <summary>The same elements in the same order under another shape, in the same memory and at the same place on the tape.</summary>
    /// <exception cref="ArgumentException">The number of elements would change.</exception>
    public Tensor Reshape(int rows, int columns) => (long)rows * columns == Count ? new(Data, rows, columns, Node)
        : throw new ArgumentException($"Reshape: [{rows}, {columns}] has not as many elements as {this}");

    public override string ToString() => $"[{Rows}, {Columns}]";
}
