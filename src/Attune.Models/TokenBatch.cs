using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models;

/// <summary>
/// Tokens of several sequences one after another, without padding. A segment is a run of new tokens of one sequence, standing
/// at positions Past, Past + 1, … behind what is cached.
/// </summary>
public sealed class TokenBatch
{
    private int[] ids = new int[256];
    private int[] positions = new int[256];
    private int[] types = new int[256];
    private AttentionRange[] ranges = [];
    private int[] lengths = [];
    private bool hasRanges, hasLengths;

    public int Count { get; private set; }

    public List<TokenSegment> Segments { get; } = [];

    public ReadOnlySpan<int> Ids => ids.AsSpan(0, Count);

    /// <summary>Absolute position of each token in its sequence.</summary>
    public ReadOnlySpan<int> Positions => positions.AsSpan(0, Count);

    /// <summary>Type of each token (BERT's segments): 0 where nothing else was said.</summary>
    public ReadOnlySpan<int> Types => types.AsSpan(0, Count);

    /// <summary>What the decoder of an encoder-decoder attends to, where its segments have no cache; null: the caches' sources.</summary>
    public Architectures.EncodedSource? Source { get; set; }

    /// <summary>What the blocks that run over this batch add to the scores of attention; the model sets it before the first.</summary>
    internal AttentionBias Bias { get; set; }

    /// <summary>Images that the tokens of images stand for, in their order; for models that see images.</summary>
    public List<ImagePixels> Images { get; } = [];

    /// <summary>Whether an intervention's keys and values stand before these sequences; not before those that an encoder-decoder reads.</summary>
    internal bool TakesPrefix { get; set; } = true;

    /// <summary>Adds a run of tokens behind <paramref name="past"/> cached ones; <paramref name="cache"/> null: nothing is cached.</summary>
    /// <param name="kinds">Type of each; empty: 0.</param>
    /// <param name="prompt">How many of the tokens are a prompt, which the encoder of an encoder-decoder reads; 0: all. Other models take no notice.</param>
    /// <param name="whole">Length of the whole sequence that the run is a part of, as <see cref="Generation.SequenceLength"/> counts it; 0: what stands here.</param>
    /// <param name="task">Number of the sequence's task, for interventions that know several.</param>
    public void Add(ReadOnlySpan<int> tokens, int past = 0, Generation.CachedSequence? cache = null, ReadOnlySpan<int> kinds = default, int prompt = 0, int task = 0, int whole = 0)
    {
        var need = Count + tokens.Length;
        if (need > ids.Length)
        {
            Array.Resize(ref ids, Math.Max(need, ids.Length * 2));
            Array.Resize(ref positions, ids.Length);
            Array.Resize(ref types, ids.Length);
        }
        tokens.CopyTo(ids.AsSpan(Count));
        for (var i = 0; i < tokens.Length; i++)
            (positions[Count + i], types[Count + i]) = (past + i, kinds.IsEmpty ? 0 : kinds[i]);
        Segments.Add(new TokenSegment(Count, tokens.Length, past, cache, prompt, whole) { Task = task });
        hasRanges = hasLengths = false;
        Count = need;
    }

    /// <summary>The rows of each segment; made once for all layers.</summary>
    public ReadOnlySpan<AttentionRange> Ranges()
    {
        if (!hasRanges)
        {
            if (ranges.Length < Segments.Count)
                ranges = new AttentionRange[Segments.Count];
            for (var i = 0; i < Segments.Count; i++)
                ranges[i] = new AttentionRange(Segments[i].Start, Segments[i].Length);
            hasRanges = true;
        }
        return ranges.AsSpan(0, Segments.Count);
    }

    /// <summary>The length of each segment; made once for all layers.</summary>
    public ReadOnlySpan<int> Lengths()
    {
        if (!hasLengths)
        {
            if (lengths.Length < Segments.Count)
                lengths = new int[Segments.Count];
            for (var i = 0; i < Segments.Count; i++)
                lengths[i] = Segments[i].Length;
            hasLengths = true;
        }
        return lengths.AsSpan(0, Segments.Count);
    }

    public void Clear()
    {
        Source = null;
        Bias = default;
        Images.Clear();
        TakesPrefix = true;
        hasRanges = hasLengths = false;
        Count = 0;
        Segments.Clear();
    }
}
