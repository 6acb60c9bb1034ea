using Attune.Models;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Cli.Bench;

/// <summary>Texts to vectors, as many in a pass as the encoder takes.</summary>
internal sealed class EmbeddingWork(SentenceEncoder encoder, BenchSizes sizes, ulong seed) : RepeatedWork
{
    private readonly Graph graph = new(recording: false);
    private readonly TokenBatch batch = new();
    private readonly int[] tokens = BenchTokens.Draw(seed, "texts", sizes.EmbedRows * sizes.EmbedTokens, encoder.Transformer.Vocabulary);

    public override string Name => "embedding";

    public override string Title => FormattableString.Invariant($"embedding {sizes.EmbedRows} texts of {sizes.EmbedTokens} tokens");

    public override double Units => (double)sizes.EmbedRows * sizes.EmbedTokens;

    public override WorkAmount Amount => WorkAmount.Blocks(encoder.Transformer, Precision.Exact, Units);

    public override void Dispose() => graph.Dispose();

    protected override void Prepare()
    {
        graph.Reset();
        batch.Clear();
        foreach (var text in tokens.Chunk(sizes.EmbedTokens))
            batch.Add(text);
    }

    protected override void Do(CancellationToken cancel) => encoder.Embed(graph, batch, null);
}
