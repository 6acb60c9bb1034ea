namespace Attune.Tensors.Kernels;

/// <summary>
/// What attention computes, the same for every sequence of a batch. Head h reads the keys and values of head h / (Heads / KvHeads).
/// score = q·k · Scale; then SoftCap · tanh(score / SoftCap) where SoftCap is not 0; then an <see cref="AttentionBias"/> where one is given; then the mask; then
/// softmax over the keys.
/// </summary>
/// <param name="Heads">Query heads; a multiple of <paramref name="KvHeads"/>.</param>
/// <param name="KvHeads">Heads of keys and values.</param>
/// <param name="HeadDim">Floats of one head.</param>
/// <param name="Scale">Usually 1/√HeadDim.</param>
/// <param name="Causal">Whether a query at position p sees the keys 0…p; otherwise it sees all of its sequence.</param>
/// <param name="Window">0, or how many last keys a query sees, itself included: none before p − Window + 1.</param>
/// <param name="SoftCap">0, or the bound of the scores (Gemma 2).</param>
/// <param name="Symmetric">Whether the window reaches as far ahead as back, |p − key| &lt; Window (ModernBERT); without a causal mask only.</param>
public readonly record struct AttentionShape(int Heads, int KvHeads, int HeadDim, float Scale, bool Causal, int Window = 0, float SoftCap = 0, bool Symmetric = false)
{
    /// <summary>Query heads that share a head of keys and values.</summary>
    public int Group => Heads / KvHeads;

    /// <summary>Columns of the queries and of the output.</summary>
    public int QueryColumns => Heads * HeadDim;

    /// <summary>Columns of the keys and of the values.</summary>
    public int KeyColumns => KvHeads * HeadDim;

    /// <summary>Floats of a page: the keys and values of <see cref="AttentionTile.Tokens"/> tokens of one layer, all heads.</summary>
    public int PageFloats => KvHeads * AttentionTile.Tokens * (HeadDim + PaddedDim);

    /// <summary><see cref="HeadDim"/> rounded up to a multiple of 16.</summary>
    internal int PaddedDim => (HeadDim + 15) & ~15;

    /// <summary>Where in a page the keys of a head begin.</summary>
    internal int KeyOffset(int kvHead) => kvHead * AttentionTile.Tokens * HeadDim;

    /// <summary>Where in a page the values of a head begin.</summary>
    internal int ValueOffset(int kvHead) => AttentionTile.Tokens * (KvHeads * HeadDim + kvHead * PaddedDim);

    /// <summary>The keys that the query at a position sees, of <paramref name="keys"/> keys: [Low, High).</summary>
    internal (int Low, int High) Visible(int position, int keys) =>
        (Window > 0 ? Math.Max(0, position - Window + 1) : 0, Causal ? position + 1 : Symmetric ? Math.Min(keys, position + Window) : keys);

    /// <exception cref="ArgumentException">The numbers do not fit one another.</exception>
    internal void Check()
    {
        if (KvHeads < 1 || Heads < 1 || HeadDim < 1 || Heads % KvHeads != 0)
            throw new ArgumentException($"Attention: {Heads} query heads over {KvHeads} key heads of {HeadDim}; the first must be a multiple of the second, and all positive");
        if (Window < 0 || SoftCap < 0)
            throw new ArgumentException($"Attention: window {Window} and soft cap {SoftCap} must be 0 (none) or positive");
        if (Symmetric && (Causal || Window == 0))
            throw new ArgumentException($"Attention: a symmetric window needs a width and no causal mask, but the window is {Window} and the mask {(Causal ? "causal" : "full")}");
    }
}
