using Attune.Models;
using Attune.Models.Generation;
using Attune.Models.Sites;

namespace Attune.Cli.Bench;

/// <summary>
/// Rows behind demonstrations that they share, each scored for two labels of one token, by the scorer that comparisons use. The
/// demonstrations are computed anew in every run, once for all rows: that takes time, but does not count as work, so that the share of limit
/// follows from the rows in a second.
/// </summary>
internal sealed class ScoringWork : RepeatedWork
{
    private readonly LanguageModel model;
    private readonly BenchSizes sizes;
    private readonly SiteSet sites;
    private readonly ScoreRequest[] requests;

    public ScoringWork(LanguageModel model, BenchSizes sizes, ulong seed)
    {
        (this.model, this.sizes) = (model, sizes);
        sites = new SiteSet(model.Transformer, "bench");
        var vocabulary = model.Transformer.Vocabulary;
        var prefix = BenchTokens.Draw(seed, "demonstrations", sizes.ScorePrefix, vocabulary);
        var rows = BenchTokens.Draw(seed, "rows", sizes.ScoreRows * sizes.ScoreTokens, vocabulary);
        requests = [.. rows.Chunk(sizes.ScoreTokens).Select(row => new ScoreRequest([.. prefix, .. row], [[0], [1]]))];
    }

    public override string Name => "scoring";

    public override string Title => FormattableString.Invariant($"scoring {sizes.ScoreRows} rows of {sizes.ScoreTokens} behind {sizes.ScorePrefix}");

    public override string Unit => "rows";

    public override double Units => sizes.ScoreRows;

    public override WorkAmount Amount =>
        WorkAmount.Blocks(model.Transformer, model.Precision, (double)sizes.ScoreRows * sizes.ScoreTokens) + WorkAmount.Head(model.Transformer, model.Precision, sizes.ScoreRows);

    public override string Counted => FormattableString.Invariant($"2 operations a weight for the {sizes.ScoreTokens} tokens of each row; the {sizes.ScorePrefix} before them are in the time alone");

    public override void Dispose() => model.Forget(sites);

    protected override void Prepare() => model.Forget(sites);

    protected override void Do(CancellationToken cancel) => model.Score(requests, sites, cancel);
}
