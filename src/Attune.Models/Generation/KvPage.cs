using Attune.Tensors;

namespace Attune.Models.Generation;

/// <summary>
/// Keys and values of 16 tokens in every layer: layer after layer, first the keys [kvHead][headDim][16], then the values
/// [kvHead][16][headDim]. Shared by counting its users; only the sequence that rented it writes, behind the tokens that others use.
/// </summary>
internal sealed unsafe class KvPage(KvLayout layout) : IDisposable
{
    private readonly NativeBuffer buffer = new(layout.PageBytes);

    /// <summary>Sequences and tree nodes that hold it.</summary>
    public int Users { get; set; } = 1;

    public float* Keys(int layer) => buffer.Floats + layer * layout.LayerFloats;

    public float* Values(int layer) => Keys(layer) + layout.LayerFloats / 2;

    /// <summary>Copies the first <paramref name="tokens"/> tokens of <paramref name="other"/>.</summary>
    public void CopyFrom(KvPage other, int tokens)
    {
        for (var layer = 0; layer < layout.Layers; layer++)
        {
            CopyKeys(other.Keys(layer), Keys(layer), tokens);
            CopyValues(other.Values(layer), Values(layer), tokens);
        }
    }

    public void Dispose() => buffer.Dispose();

    private void CopyKeys(float* from, float* to, int tokens)
    {
        for (var row = 0; row < layout.KvHeads * layout.HeadDim; row++)
            new ReadOnlySpan<float>(from + row * KvLayout.PageTokens, tokens).CopyTo(new Span<float>(to + row * KvLayout.PageTokens, tokens));
    }

    private void CopyValues(float* from, float* to, int tokens)
    {
        var head = KvLayout.PageTokens * layout.HeadDim;
        for (var h = 0; h < layout.KvHeads; h++)
            new ReadOnlySpan<float>(from + h * head, tokens * layout.HeadDim).CopyTo(new Span<float>(to + h * head, tokens * layout.HeadDim));
    }
}
