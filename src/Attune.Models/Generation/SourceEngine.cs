using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Generation;

/// <summary>The engine of encoder-decoders: prompts are read by the encoder, several in a pass, and kept as keys and values; continuations are the decoder's.</summary>
internal sealed class SourceEngine : ITextEngine
{
    private readonly LanguageModel model;
    private readonly EncoderDecoderModel transformer;
    private readonly KvPagePool pool;
    private readonly SourceCache cache;
    private readonly Graph graph;
    private readonly SourceScorer scorer;

    public SourceEngine(LanguageModel model, EncoderDecoderModel transformer, long cacheBytes)
    {
        (this.model, this.transformer) = (model, transformer);
        pool = new KvPagePool(new KvLayout(transformer.CacheLayers, transformer.Attention), cacheBytes);
        cache = new SourceCache(pool);
        pool.Evict = cache.EvictOne;
        graph = new Graph(recording: false) { Precision = model.Precision };
        scorer = new SourceScorer(transformer, graph, pool, cache);
    }

    public long TokensComputed => scorer.TokensComputed;

    public long RowsRead => scorer.RowsRead;

    public ScoreResult[] Score(IReadOnlyList<ScoreRequest> requests, SiteSet? sites, CancellationToken cancel) => scorer.Score(requests, sites, cancel);

    public GeneratedText Generate(int[] prompt, SamplingOptions options, SiteSet? sites, Action<string>? onText, CancellationToken cancel)
    {
        SourceReading.Check(transformer, sites, prompt, written: 1);
        var entry = cache.Use(sites?.StateKey ?? "", prompt);
        try
        {
            var read = entry.IsEmpty ? SourceReading.Read(transformer, graph, [entry], sites) : 0;
            using var sequence = SourceReading.Begin(transformer, pool, sites, entry.Sequence);
            return Continue(prompt, sequence, read, options, sites, onText, cancel);
        }
        finally
        {
            cache.Release(entry);
        }
    }

    public Lock.Scope Enter() => pool.Enter();

    public void Forget(string stateKey)
    {
        cache.Forget(stateKey);
        pool.Trim();
    }

    public void Dispose()
    {
        graph.Dispose();
        cache.Dispose();
        pool.Dispose();
    }

    private GeneratedText Continue(int[] prompt, CachedSequence sequence, int computed, SamplingOptions options, SiteSet? sites, Action<string>? onText, CancellationToken cancel)
    {
        var room = SourceReading.Room(transformer, sites);
        var history = new List<int> { transformer.StartId };
        var output = new GeneratedOutput(model, options, onText);
        var sampler = new Sampler(options);
        var batch = new TokenBatch();
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            var hidden = Step(batch, history[^1], sequence, sites);
            computed++;
            var logits = transformer.Logits(graph, hidden, batch, sites)[0];
            var written = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(history);
            int next;
            try
            {
                next = sampler.Next(logits, written);
            }
            catch (AttuneException) when (FiniteDiagnosis.IsDamaged(logits))
            {
                throw FiniteDiagnosis.Explain("the score of a next token", transformer, model.Precision, [.. prompt, .. written[1..]], sites, prompt.Length);
            }
            if (!output.Add(next))
                return output.End("stop", computed);
            if (output.Count == options.MaxTokens || history.Count + 1 >= room)
                return output.End("length", computed);
            history.Add(next);
        }
    }

    private Tensor Step(TokenBatch batch, int token, CachedSequence sequence, SiteSet? sites)
    {
        graph.Reset();
        batch.Clear();
        sequence.Reserve(1);
        batch.Add([token], sequence.Length, sequence);
        var hidden = transformer.ForwardRows(graph, batch, sites, [0]);
        sequence.Advance(1);
        return hidden;
    }
}
