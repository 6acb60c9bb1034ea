namespace Attune.Tensors;

/// <summary>
/// Memory for one step: blocks handed out by moving a pointer, all given back at once by <see cref="Reset"/>.
/// After the first step it is one chunk of the right size, so a step allocates nothing. Not thread-safe.
/// </summary>
public unsafe class Arena(long initialBytes = 1 << 20) : IDisposable
{
    private readonly List<NativeBuffer> chunks = [];
    private byte* next;
    private long left;

    /// <summary>Bytes handed out since the last reset.</summary>
    public long UsedBytes { get; private protected set; }

    /// <summary>A matrix of <paramref name="rows"/> × <paramref name="columns"/>; its contents are undefined.</summary>
    public Tensor Matrix(int rows, int columns) => new(Floats((long)rows * columns), rows, columns);

    /// <summary>A matrix of zeros.</summary>
    public Tensor Zeros(int rows, int columns)
    {
        var t = Matrix(rows, columns);
        t.Clear();
        return t;
    }

    public float* Floats(long count) => (float*)Take(count * sizeof(float));

    public int* Ints(long count) => (int*)Take(count * sizeof(int));

    /// <summary><paramref name="bytes"/> bytes at a multiple of 64, undefined contents.</summary>
    public virtual byte* Take(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        bytes = (bytes + 63) & ~63L;
        if (bytes > left)
            Grow(bytes);
        var result = next;
        next += bytes;
        left -= bytes;
        UsedBytes += bytes;
        return result;
    }

    /// <summary>Gives everything back. Pointers handed out before are dead.</summary>
    public virtual void Reset()
    {
        if (chunks.Count > 1)
        {
            var total = chunks.Sum(c => c.Bytes);
            DisposeChunks();
            chunks.Add(new NativeBuffer(total));
        }
        UsedBytes = 0;
        if (chunks.Count == 1)
        {
            next = chunks[0].Pointer;
            left = chunks[0].Bytes;
        }
    }

    public virtual void Dispose()
    {
        DisposeChunks();
        GC.SuppressFinalize(this);
    }

    private void DisposeChunks()
    {
        foreach (var chunk in chunks)
            chunk.Dispose();
        chunks.Clear();
        next = null;
        left = UsedBytes = 0;
    }

    private void Grow(long bytes)
    {
        var last = chunks.Count == 0 ? initialBytes / 2 : chunks[^1].Bytes;
        var chunk = new NativeBuffer(Math.Max(bytes, last * 2));
        chunks.Add(chunk);
        next = chunk.Pointer;
        left = chunk.Bytes;
    }
}
