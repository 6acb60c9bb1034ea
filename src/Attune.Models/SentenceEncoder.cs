using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Models.Tokenizers;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models;

/// <summary>
/// A sentence encoder: text to a vector, by an encoder's states pooled over tokens (Reimers and Gurevych 2019). A language model can stand in the encoder's
/// place: its states after the last norm are pooled alike, though each has seen only what stands before it.
/// </summary>
public sealed class SentenceEncoder(ModelDescription description, TransformerModel transformer, ITokenizer tokenizer, SentenceSettings settings) : IDisposable
{
    /// <summary>Tokens in a forward pass.</summary>
    private const int PassTokens = 1024;

    private readonly Graph graph = new(recording: false);
    private readonly TokenBatch batch = new();
    private EngineCounters counters;

    public ModelDescription Description => description;

    public string Name => description.Name;

    public TransformerModel Transformer => transformer;

    public ITokenizer Tokenizer => tokenizer;

    public SentenceSettings Settings => settings;

    /// <summary>Numbers in an embedding.</summary>
    public int Dimensions => transformer.Hidden;

    /// <summary>What the encoder has done so far.</summary>
    public EngineCounters Counters => counters;

    /// <summary>Texts that were longer than <see cref="SentenceSettings.MaxTokens"/> and were cut, so far.</summary>
    public long Truncated { get; private set; }

    /// <summary>Floating-point operations for one token: 2 for each weight of the maps that states depend on; a language model's head is none of them.</summary>
    public double FlopsPerToken => 2.0 * transformer.StateLinears.Where(l => transformer is EncoderModel || l.Layer >= 0).Sum(l => (double)l.Inputs * l.Outputs);

    public void Count(EngineCounters work) => counters += work;

    /// <summary>
    /// The tokens of a text with what the tokenizer sets around it ([CLS] and [SEP]), cut to the encoder's limit. An empty text, where nothing is set around it,
    /// is the token of the end.
    /// </summary>
    public int[] Tokens(string text)
    {
        var ids = tokenizer.Encode(text, addSpecial: true, parseSpecial: false);
        if (ids.Length == 0)
            return [tokenizer.EndId ?? tokenizer.BeginId ?? 0];
        if (ids.Length <= settings.MaxTokens)
            return ids;
        Truncated++;
        // An encoder's end token stays at the end; a language model's text has none.
        return transformer is EncoderModel ? [.. ids.AsSpan(0, settings.MaxTokens - 1), ids[^1]] : ids[..settings.MaxTokens];
    }

    /// <summary>One vector [Dimensions] for each text; a text's vector does not depend on the others.</summary>
    public float[][] Embed(IReadOnlyList<string> texts, SiteSet? sites = null, CancellationToken cancel = default)
    {
        var tokens = texts.Select(Tokens).ToArray();
        var result = new float[texts.Count][];
        var passTokens = PassTokens;
        for (var start = 0; start < texts.Count;)
        {
            cancel.ThrowIfCancellationRequested();
            graph.Reset();
            batch.Clear();
            var end = start;
            while (end < texts.Count && (end == start || batch.Count + tokens[end].Length <= passTokens))
                batch.Add(tokens[end++]);
            Tensor vectors;
            try
            {
                vectors = Embed(graph, batch, sites);
            }
            catch (MemoryLimitException) when (batch.Segments.Count > 1)
            {
                // The same vectors in smaller passes; what did not fit once is not tried again in this call.
                passTokens = batch.Count / 2;
                graph.Trim();
                continue;
            }
            for (var i = start; i < end; i++)
            {
                result[i] = vectors[i - start].ToArray();
                if (result[i].AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) >= 0)
                    throw FiniteDiagnosis.Explain(FormattableString.Invariant($"the vector of text {i}"), transformer, graph.Precision, tokens[i], sites);
            }
            counters += new EngineCounters(1, batch.Count, batch.Count, batch.Count * FlopsPerToken);
            start = end;
        }
        return result;
    }

    /// <summary>The embeddings of a batch's segments [segments, Dimensions] on a graph, which may record.</summary>
    public Tensor Embed(Graph on, TokenBatch tokens, SiteSet? sites)
    {
        var states = transformer.Forward(on, tokens, sites);
        Tensor pooled;
        if (settings.PoolFirstToken)
            pooled = on.GatherRows(states, [.. tokens.Segments.Select(s => s.Start)]);
        else
            pooled = on.MeanPool(states, tokens.Lengths());
        return settings.Normalise ? on.L2Normalise(pooled) : pooled;
    }

    public void Dispose()
    {
        graph.Dispose();
        transformer.Dispose();
    }
}
