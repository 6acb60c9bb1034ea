using Attune.Models;
using Attune.Models.Generation;

namespace Attune.Cli.Bench;

/// <summary>Tokens one by one from an empty cache on, each with scores over the vocabulary; which token comes next is settled before.</summary>
internal sealed class DecodeWork(LanguageModel model, BenchSizes sizes, ulong seed) : RepeatedWork
{
    private readonly TokenFeed feed = new(model);
    private readonly int[] tokens = BenchTokens.Draw(seed, "decode", sizes.Decode, model.Transformer.Vocabulary);

    public override string Name => "decode";

    public override string Title => FormattableString.Invariant($"decoding {sizes.Decode} tokens");

    public override double Units => sizes.Decode;

    public override WorkAmount Amount
    {
        get
        {
            var one = WorkAmount.Blocks(model.Transformer, model.Precision, 1) + WorkAmount.Head(model.Transformer, model.Precision, 1);
            return new WorkAmount(one.Float32 * sizes.Decode, one.BFloat16 * sizes.Decode, one.Int8 * sizes.Decode, one.Bytes * sizes.Decode);
        }
    }

    public override string Counted => "the bytes of all weights for each token (or 2 operations a weight, where these take longer)";

    public override void Dispose() => feed.Dispose();

    protected override void Prepare() => feed.Clear();

    protected override void Do(CancellationToken cancel)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            cancel.ThrowIfCancellationRequested();
            feed.Feed(tokens.AsSpan(i, 1));
        }
    }
}
