using System.Runtime.InteropServices;

namespace Attune.Tensors;

/// <summary>
/// Native memory aligned to 64 bytes (a cache line, an AVX-512 vector) with an explicit lifetime.
/// Freed by <see cref="Dispose"/>; a finaliser frees what an error left behind.
/// </summary>
public sealed unsafe class NativeBuffer : IDisposable
{
    private byte* pointer;

    /// <exception cref="AttuneException">The memory is not to be had, or <see cref="EngineMemory.Limit"/> would be exceeded.</exception>
    public NativeBuffer(long bytes, bool clear = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
        EngineMemory.Take(bytes);
        try
        {
            pointer = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(64, bytes), 64);
        }
        catch (OutOfMemoryException e)
        {
            EngineMemory.Give(bytes);
            GC.SuppressFinalize(this);
            throw new AttuneException($"{bytes / 1048576.0:0.#} MiB of memory could not be had; close other programs or choose a smaller model or batch", AttuneErrorKind.Work, e);
        }
        if (clear)
            NativeMemory.Clear(pointer, (nuint)bytes);
    }

    /// <summary>Puts a fresh buffer into a slot. The old one goes first, and the slot is empty if the new one is not to be had.</summary>
    internal static NativeBuffer Renew(ref NativeBuffer? slot, long bytes)
    {
        slot?.Dispose();
        slot = null;
        return slot = new NativeBuffer(bytes);
    }

    ~NativeBuffer() => Free();

    public long Bytes { get; }

    public byte* Pointer => pointer is null ? throw new ObjectDisposedException(nameof(NativeBuffer)) : pointer;

    public float* Floats => (float*)Pointer;

    public Span<float> FloatSpan => new(Pointer, checked((int)(Bytes / 4)));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (pointer is null)
            return;
        NativeMemory.AlignedFree(pointer);
        pointer = null;
        EngineMemory.Give(Bytes);
    }
}
