using Attune.Tensors.Kernels;

namespace Attune.Models.Generation;

/// <summary>Sizes of a cache page: the keys and values of 16 tokens in every layer, each layer laid out as attention reads it.</summary>
internal sealed record KvLayout(int Layers, AttentionShape Shape)
{
    public const int PageTokens = AttentionTile.Tokens;

    public long PageBytes => (long)Layers * Shape.PageFloats * sizeof(float);

    /// <summary>Floats of the keys in a layer's part of a page: rows of 16 tokens.</summary>
    public int KeyFloats => Shape.KvHeads * Shape.HeadDim * PageTokens;
}
