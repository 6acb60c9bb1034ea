namespace Attune.Tensors.Autograd;

/// <summary>
/// One sequence of a batch in training: rows of q, and rows of k and v. Query i stands at the position i + KeyCount − QueryCount,
/// so a trained prefix is more keys than queries. Neither queries nor keys of two ranges may overlap; the ranges stand in ascending order.
/// </summary>
public readonly record struct AttentionRange(int QueryStart, int QueryCount, int KeyStart, int KeyCount)
{
    /// <summary>Self-attention over the rows [start, start + length).</summary>
    public AttentionRange(int start, int length)
        : this(start, length, start, length)
    {
    }

    /// <summary>The range as rows behind others; it has no pages.</summary>
    internal Kernels.AttentionSegment Segment => new() { QueryStart = QueryStart, QueryCount = QueryCount, Past = KeyCount - QueryCount };
}
