using System.Runtime.CompilerServices;
using Attune.Tensors;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors;

/// <summary>A matrix whose storage lies between <see cref="GuardPages"/>.</summary>
internal sealed unsafe class GuardedWeight : IDisposable
{
    private readonly GuardPages pages;
    private readonly byte* before;

    public GuardedWeight(WeightMatrix matrix, bool atEnd)
    {
        Matrix = matrix;
        pages = new GuardPages(matrix.Bytes, atEnd);
        ref var pointer = ref Pointer(Storage(matrix));
        before = pointer;
        new ReadOnlySpan<byte>(before, checked((int)matrix.Bytes)).CopyTo(new Span<byte>(pages.Pointer, (int)matrix.Bytes));
        pointer = pages.Pointer;
    }

    public WeightMatrix Matrix { get; }

    public void Dispose()
    {
        Pointer(Storage(Matrix)) = before;
        Matrix.Dispose();
        pages.Dispose();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "storage")]
    private static extern ref NativeBuffer Storage(WeightMatrix matrix);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "pointer")]
    private static extern ref byte* Pointer(NativeBuffer buffer);
}
