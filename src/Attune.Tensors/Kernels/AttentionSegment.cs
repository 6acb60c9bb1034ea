namespace Attune.Tensors.Kernels;

/// <summary>
/// One sequence's part of a ragged batch: the rows [QueryStart, QueryStart + QueryCount) of q stand at the positions
/// Past, Past + 1, … of the sequence. Its keys and values lie in pages of 16 positions each, which sequences may share.
/// </summary>
public unsafe struct AttentionSegment
{
    public int QueryStart;
    public int QueryCount;

    /// <summary>Positions before these queries whose keys and values already stand in the pages.</summary>
    public int Past;

    /// <summary>Page t holds the positions 16·t … 16·t + 15; see <see cref="AttentionTile"/> for what is where in it.</summary>
    public float** Pages;

    /// <summary>Floats from a page's start to the part of the present layer, so that one array of pointers serves all layers.</summary>
    public long Offset;

    /// <summary>What is added to the scores; set by the operation.</summary>
    internal AttentionBiasRows Bias;

    /// <summary>Positions after the call: all keys that these queries may see.</summary>
    public readonly int Keys => Past + QueryCount;

    /// <summary>The page t of the present layer.</summary>
    internal readonly float* Page(int t) => Pages[t] + Offset;
}
