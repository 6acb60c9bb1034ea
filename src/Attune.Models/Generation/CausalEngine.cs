using Attune.Models.Sites;

namespace Attune.Models.Generation;

/// <summary>The engine of decoders: a cache of sequences that share what they begin with.</summary>
internal sealed class CausalEngine : ITextEngine
{
    private readonly LanguageModel model;
    private readonly SequenceCache cache;
    private readonly PrefixScorer scorer;

    public CausalEngine(LanguageModel model, long cacheBytes)
    {
        this.model = model;
        cache = model.Transformer.CreateCache(cacheBytes);
        scorer = new PrefixScorer(model.Transformer, model.Precision, cache);
    }

    public long TokensComputed => scorer.TokensComputed;

    public long RowsRead => scorer.RowsRead;

    public ScoreResult[] Score(IReadOnlyList<ScoreRequest> requests, SiteSet? sites, CancellationToken cancel) => scorer.Score(requests, sites, cancel);

    public GeneratedText Generate(int[] prompt, SamplingOptions options, SiteSet? sites, Action<string>? onText, CancellationToken cancel)
    {
        using var generator = new TextGenerator(model, cache);
        return generator.Run(prompt, options, sites, onText, cancel);
    }

    public Lock.Scope Enter() => cache.Enter();

    public void Forget(string stateKey)
    {
        cache.Forget(stateKey);
        cache.Trim();
    }

    public void Dispose()
    {
        scorer.Dispose();
        cache.Dispose();
    }
}
