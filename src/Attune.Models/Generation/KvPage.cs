using Attune.Tensors;

namespace Attune.Models.Generation;

/// <summary>
/// Keys and values of 16 tokens in every layer. Shared by counting its users; only the sequence that rented it writes, behind the
/// tokens that others use.
/// </summary>
internal sealed unsafe class KvPage(KvLayout layout) : IDisposable
{
    private readonly NativeBuffer buffer = new(layout.PageBytes);

    /// <summary>Sequences and tree nodes that hold it.</summary>
    public int Users { get; set; } = 1;

    /// <summary>Layer after layer: keys in rows of 16 tokens, then values in panels of 16 tokens × 16 dimensions.</summary>
    public float* Data => buffer.Floats;

    /// <summary>Copies the first <paramref name="tokens"/> tokens of <paramref name="other"/>.</summary>
    public void CopyFrom(KvPage other, int tokens)
    {
        const int tile = KvLayout.PageTokens;
        for (var layer = 0; layer < layout.Layers; layer++)
        {
            float* from = other.Data + layer * layout.Shape.PageFloats, to = Data + layer * layout.Shape.PageFloats;
            for (var row = 0; row < layout.KeyFloats; row += tile)
                Copy(from + row, to + row, tokens);
            for (var panel = layout.KeyFloats; panel < layout.Shape.PageFloats; panel += tile * tile)
                Copy(from + panel, to + panel, tokens * tile);
        }
    }

    public void Dispose() => buffer.Dispose();

    private static void Copy(float* from, float* to, int count) =>
        new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));
}
