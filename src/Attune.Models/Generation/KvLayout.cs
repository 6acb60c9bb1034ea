namespace Attune.Models.Generation;

/// <summary>Sizes of a cache page.</summary>
internal sealed record KvLayout(int Layers, int KvHeads, int HeadDim)
{
    public const int PageTokens = 16;

    /// <summary>Floats of one layer's keys and values.</summary>
    public int LayerFloats => 2 * KvHeads * HeadDim * PageTokens;

    public long PageBytes => (long)Layers * LayerFloats * sizeof(float);
}
