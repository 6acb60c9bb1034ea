using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures;

/// <summary>
/// A model that reads one sequence with an encoder and writes another with a decoder. Blocks are numbered one after another, the encoder's first; the cache is
/// the decoder's. As a causal language model it sees a text as prompt and continuation (<see cref="TokenSegment.Prompt"/>): the encoder reads the prompt, and
/// the row of the prompt's last token holds the decoder's state at its start token, that of a continuation's token the state behind it. So the scores of a row are,
/// as everywhere, those of the next token. The rows of the other tokens of a prompt are zeros: nothing follows them.
/// </summary>
public abstract class EncoderDecoderModel(ModuleBuilder modules) : CausalLanguageModel(modules)
{
    public abstract int EncoderLayers { get; }

    public abstract int DecoderLayers { get; }

    public override int Layers => EncoderLayers + DecoderLayers;

    public override int CacheLayers => DecoderLayers;

    /// <summary>The token with which the decoder starts.</summary>
    public abstract int StartId { get; }

    /// <summary>Longest sequence that the decoder writes, start token included; <see cref="TransformerModel.ContextLength"/> is the encoder's.</summary>
    public abstract int TargetLength { get; }

    /// <summary>States of the sequences of <paramref name="source"/>. What hangs on the embeddings acts here.</summary>
    public abstract EncodedSource Encode(Graph graph, TokenBatch source, SiteSet? sites);

    /// <summary>
    /// The decoder's states [target.Count, Hidden] after its last norm. Segments without a cache read <see cref="TokenBatch.Source"/>, each the sequence of its number;
    /// those with one, what was remembered for <see cref="Generation.CachedSequence.Source"/>.
    /// </summary>
    public abstract Tensor Decode(Graph graph, TokenBatch target, SiteSet? sites);

    /// <summary>Writes the keys and values that the decoder's blocks see of encoded sequences into empty caches, one for each, once for all tokens to come.</summary>
    public abstract void Remember(Graph graph, EncodedSource encoded, IReadOnlyList<Generation.CachedSequence> caches, SiteSet? sites);

    public override Tensor Forward(Graph graph, TokenBatch batch, SiteSet? sites)
    {
        if (IsDecoding(batch))
            return Decode(graph, batch, sites);
        var rows = new int[batch.Count];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = i;
        return ForwardRows(graph, batch, sites, rows);
    }

    public override Tensor ForwardRows(Graph graph, TokenBatch batch, SiteSet? sites, ReadOnlySpan<int> rows)
    {
        if (IsDecoding(batch))
            return graph.GatherRows(Decode(graph, batch, sites), rows);
        var (source, target, places) = Split(batch);
        target.Source = Encode(graph, source, sites);
        var states = Decode(graph, target, sites);
        var picked = new int[rows.Length];
        var zeros = false;
        for (var i = 0; i < rows.Length; i++)
            zeros |= (picked[i] = places[rows[i]]) < 0;
        if (!zeros)
            return graph.GatherRows(states, picked);
        for (var i = 0; i < picked.Length; i++)
            picked[i]++;
        return graph.GatherRows(graph.ConcatRows(graph.Arena.Zeros(1, states.Columns), states), picked);
    }

    /// <summary>Whether the encoder has nothing to do any more.</summary>
    private static bool IsDecoding(TokenBatch batch) => batch.Segments.Count > 0 && batch.Segments[0].Cache?.Source is not null;

    /// <summary>What the encoder and what the decoder reads, and for each row of the batch that of the decoder, or −1.</summary>
    private (TokenBatch Source, TokenBatch Target, int[] Places) Split(TokenBatch batch)
    {
        var (source, target, places) = (new TokenBatch(), new TokenBatch(), new int[batch.Count]);
        Array.Fill(places, -1);
        foreach (var segment in batch.Segments)
        {
            var prompt = segment.Prompt > 0 ? segment.Prompt : segment.Length;
            var tokens = batch.Ids.Slice(segment.Start, segment.Length);
            for (var i = 0; i <= segment.Length - prompt; i++)
                places[segment.Start + prompt - 1 + i] = target.Count + i;
            source.Add(tokens[..prompt], task: segment.Task);
            target.Add([StartId, .. tokens[prompt..]], segment.Past, task: segment.Task);
        }
        return (source, target, places);
    }
}
