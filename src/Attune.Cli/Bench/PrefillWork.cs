using Attune.Models;
using Attune.Models.Generation;

namespace Attune.Cli.Bench;

/// <summary>One prompt in one pass, with scores for its last token only.</summary>
internal sealed class PrefillWork(LanguageModel model, BenchSizes sizes, ulong seed) : RepeatedWork
{
    private readonly TokenFeed feed = new(model);
    private readonly int[] tokens = BenchTokens.Draw(seed, "prefill", sizes.Prefill, model.Transformer.Vocabulary);

    public override string Name => "prefill";

    public override string Title => FormattableString.Invariant($"prefill of {sizes.Prefill} tokens");

    public override double Units => sizes.Prefill;

    public override WorkAmount Amount => WorkAmount.Blocks(model.Transformer, model.Precision, sizes.Prefill) + WorkAmount.Head(model.Transformer, model.Precision, 1);

    public override void Dispose() => feed.Dispose();

    protected override void Prepare() => feed.Clear();

    protected override void Do(CancellationToken cancel) => feed.Feed(tokens);
}
