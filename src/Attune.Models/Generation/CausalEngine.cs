using Attune.Models.Sites;

namespace Attune.Models.Generation;

/// <summary>The engine of decoders: a tree of cached prefixes.</summary>
internal sealed class CausalEngine : ITextEngine
{
    private readonly LanguageModel model;
    private readonly PrefixTree tree;
    private readonly PrefixScorer scorer;

    public CausalEngine(LanguageModel model, KvPagePool pool)
    {
        this.model = model;
        tree = new PrefixTree(pool);
        pool.Evict = tree.EvictOne;
        scorer = new PrefixScorer(model.Transformer, model.Precision, tree);
    }

    public long TokensComputed => scorer.TokensComputed;

    public long RowsRead => scorer.RowsRead;

    public ScoreResult[] Score(IReadOnlyList<ScoreRequest> requests, SiteSet? sites, CancellationToken cancel) => scorer.Score(requests, sites, cancel);

    public GeneratedText Generate(int[] prompt, SamplingOptions options, SiteSet? sites, Action<string>? onText, CancellationToken cancel)
    {
        using var generator = new TextGenerator(model, tree);
        return generator.Run(prompt, options, sites, onText, cancel);
    }

    public void Forget(string stateKey) => tree.Forget(stateKey);

    public void Dispose()
    {
        scorer.Dispose();
        tree.Dispose();
    }
}
