using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;
using Attune.Tensors.Weights;

namespace Attune.Models.Architectures;

/// <summary>
/// BERT (Devlin et al. 2019): learned positions, post-norm blocks of full attention with biases and a GELU feed-forward layer.
/// Every token has type 0: one text a sequence.
/// </summary>
public sealed class BertModel : TransformerModel
{
    private static readonly SiteKind[] AllSites = [SiteKind.Embeddings, SiteKind.Activations, SiteKind.Weights, SiteKind.Head];

    private readonly BertConfiguration configuration;
    private readonly WeightMatrix words, positions;
    private readonly float[] type;
    private readonly VectorModule embeddingNorm, embeddingBias;
    private readonly Block[] blocks;
    private readonly AttentionShape attention;

    public BertModel(BertConfiguration configuration, IWeightSource source)
    {
        this.configuration = configuration;
        var c = configuration;
        words = source.Matrix("embeddings.word_embeddings.weight", c.VocabSize, c.HiddenSize);
        positions = source.Matrix("embeddings.position_embeddings.weight", c.MaxPositionEmbeddings, c.HiddenSize);
        type = new float[c.HiddenSize];
        using (var types = source.Matrix("embeddings.token_type_embeddings.weight", c.TypeVocabSize, c.HiddenSize))
            types.ReadRow(0, type);
        embeddingNorm = AddVector(source, "embeddings.LayerNorm.weight", c.HiddenSize);
        embeddingBias = AddVector(source, "embeddings.LayerNorm.bias", c.HiddenSize);
        blocks = new Block[c.NumHiddenLayers];
        for (var i = 0; i < blocks.Length; i++)
            blocks[i] = LoadBlock(source, i);
        var headDim = c.HiddenSize / c.NumAttentionHeads;
        attention = new AttentionShape(c.NumAttentionHeads, c.NumAttentionHeads, headDim, 1 / MathF.Sqrt(headDim), Causal: false);
    }

    public override string Architecture => "bert";
    public override int Layers => blocks.Length;
    public override int Hidden => configuration.HiddenSize;
    public override int Heads => configuration.NumAttentionHeads;
    public override int KvHeads => configuration.NumAttentionHeads;
    public override int HeadDim => Hidden / Heads;
    public override int Vocabulary => configuration.VocabSize;
    public override int ContextLength => configuration.MaxPositionEmbeddings;
    public override IReadOnlyList<SiteKind> Sites => AllSites;
    public override long ParameterCount => base.ParameterCount + (long)(words.Rows + positions.Rows + configuration.TypeVocabSize) * Hidden;
    public override long WeightBytes => base.WeightBytes + words.Bytes + positions.Bytes;

    public override Tensor Forward(Graph graph, TokenBatch batch, SiteSet? sites)
    {
        var x = Embed(graph, batch);
        if (sites is not null)
            foreach (var site in sites.Embeddings)
                x = site.Apply(graph, x, batch);
        x = graph.LayerNorm(x, embeddingNorm.Apply(graph, sites), embeddingBias.Apply(graph, sites), configuration.LayerNormEps);
        for (var layer = 0; layer < blocks.Length; layer++)
        {
            graph.BeginLayer();
            x = graph.Recomputes
                ? Recomputed(graph, layer, x, batch, sites)
                : BlockForward(graph, layer, x, batch, sites);
        }
        return x;
    }

    public override void Dispose()
    {
        words.Dispose();
        positions.Dispose();
        base.Dispose();
    }

    private Tensor Recomputed(Graph graph, int layer, Tensor x, TokenBatch batch, SiteSet? sites) =>
        graph.Recomputed(x, layer, (g, input, index) => BlockForward(g, index, input, batch, sites));

    private Tensor BlockForward(Graph graph, int layer, Tensor x, TokenBatch batch, SiteSet? sites)
    {
        var b = blocks[layer];
        x = At(graph, ActivationPoint.BlockInput, layer, x, batch, sites);
        var heads = graph.Attend(b.Query.Apply(graph, x, sites), b.Key.Apply(graph, x, sites), b.Value.Apply(graph, x, sites), attention, batch, layer, sites);
        heads = At(graph, ActivationPoint.HeadOutput, layer, heads, batch, sites);
        var o = At(graph, ActivationPoint.AttentionOutput, layer, b.Output.Apply(graph, heads, sites), batch, sites);
        x = graph.LayerNorm(graph.Add(x, o), b.AttentionNorm.Apply(graph, sites), b.AttentionNormBias.Apply(graph, sites), configuration.LayerNormEps);
        var h = graph.Gelu(b.Intermediate.Apply(graph, x, sites), configuration.GeluByTanh);
        var m = At(graph, ActivationPoint.MlpOutput, layer, b.Down.Apply(graph, h, sites), batch, sites);
        x = graph.LayerNorm(graph.Add(x, m), b.OutputNorm.Apply(graph, sites), b.OutputNormBias.Apply(graph, sites), configuration.LayerNormEps);
        return At(graph, ActivationPoint.BlockOutput, layer, x, batch, sites);
    }

    private Tensor Embed(Graph graph, TokenBatch batch)
    {
        using var _ = Profile.Measure(OperationKind.Rows, 0, 12L * batch.Count * Hidden);
        var x = graph.Persistent.Matrix(batch.Count, Hidden);
        Span<float> position = new float[Hidden];
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch.Positions[i] >= ContextLength)
                throw new Generation.ContextOverflowException(batch.Positions[i] + 1, ContextLength);
            var row = x[i];
            words.ReadRow(batch.Ids[i], row);
            positions.ReadRow(batch.Positions[i], position);
            for (var j = 0; j < row.Length; j++)
                row[j] = row[j] + type[j] + position[j];
        }
        return x;
    }

    private Block LoadBlock(IWeightSource source, int i)
    {
        var (h, f) = (configuration.HiddenSize, configuration.IntermediateSize);
        var p = $"encoder.layer.{i}.";
        return new Block(
            AddLinear(source, p + "attention.self.query", i, h, h, bias: true),
            AddLinear(source, p + "attention.self.key", i, h, h, bias: true),
            AddLinear(source, p + "attention.self.value", i, h, h, bias: true),
            AddLinear(source, p + "attention.output.dense", i, h, h, bias: true),
            AddVector(source, p + "attention.output.LayerNorm.weight", h),
            AddVector(source, p + "attention.output.LayerNorm.bias", h),
            AddLinear(source, p + "intermediate.dense", i, f, h, bias: true),
            AddLinear(source, p + "output.dense", i, h, f, bias: true),
            AddVector(source, p + "output.LayerNorm.weight", h),
            AddVector(source, p + "output.LayerNorm.bias", h));
    }

    private sealed record Block(
        LinearModule Query, LinearModule Key, LinearModule Value, LinearModule Output, VectorModule AttentionNorm, VectorModule AttentionNormBias,
        LinearModule Intermediate, LinearModule Down, VectorModule OutputNorm, VectorModule OutputNormBias);
}
