using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;
using Attune.Tensors.Weights;

namespace Attune.Models.Architectures;

/// <summary>
/// Llama (Touvron et al. 2023): pre-norm blocks of grouped-query attention with rotary positions and a SwiGLU feed-forward layer.
/// SmolLM2, TinyLlama and others share it.
/// </summary>
public sealed class LlamaModel : CausalLanguageModel
{
    private static readonly SiteKind[] AllSites =
        [SiteKind.Prompt, SiteKind.Embeddings, SiteKind.Positions, SiteKind.KeysValues, SiteKind.Activations, SiteKind.Weights, SiteKind.Logits, SiteKind.Head];

    private readonly LlamaConfiguration configuration;
    private readonly WeightMatrix embedding;
    private readonly LinearModule head;
    private readonly VectorModule finalNorm;
    private readonly Block[] blocks;
    private readonly RopeTable rope;
    private readonly AttentionShape attention;

    public LlamaModel(LlamaConfiguration configuration, IWeightSource source)
    {
        this.configuration = configuration;
        var c = configuration;
        embedding = source.Matrix("model.embed_tokens.weight", c.VocabSize, c.HiddenSize);
        blocks = new Block[c.NumHiddenLayers];
        for (var i = 0; i < blocks.Length; i++)
            blocks[i] = LoadBlock(source, i);
        finalNorm = AddVector(source, "model.norm.weight", c.HiddenSize);
        // Tied: one matrix serves as embedding and as head.
        head = c.TieWordEmbeddings
            ? new LinearModule("lm_head", Linears.Count, -1, embedding, null)
            : AddLinear(source, "lm_head", -1, c.VocabSize, c.HiddenSize, bias: false);
        rope = new RopeTable(c.Rope);
        attention = new AttentionShape(c.NumAttentionHeads, c.NumKeyValueHeads, c.HeadDim, 1 / MathF.Sqrt(c.HeadDim), Causal: true);
    }

    public override string Architecture => "llama";
    public override int Layers => blocks.Length;
    public override int Hidden => configuration.HiddenSize;
    public override int Heads => configuration.NumAttentionHeads;
    public override int KvHeads => configuration.NumKeyValueHeads;
    public override int HeadDim => configuration.HeadDim;
    public override int Vocabulary => configuration.VocabSize;
    public override int ContextLength => configuration.MaxPositionEmbeddings;
    public override AttentionShape Attention => attention;
    public override IReadOnlyList<SiteKind> Sites => AllSites;
    public override long ParameterCount => base.ParameterCount + (long)embedding.Rows * embedding.Columns;
    public override long WeightBytes => base.WeightBytes + embedding.Bytes;

    public override Tensor Forward(Graph graph, TokenBatch batch, SiteSet? sites) => Run(graph, batch, sites, []);

    /// <summary>Behind the last block's attention no row reads another, so the rest of that block is computed for these rows alone, unless something hangs there.</summary>
    public override Tensor ForwardRows(Graph graph, TokenBatch batch, SiteSet? sites, ReadOnlySpan<int> rows) =>
        rows.IsEmpty || rows.Length == batch.Count || blocks.Length == 0 || sites is not null && sites.HasAt(blocks.Length - 1, [ActivationPoint.AttentionOutput, ActivationPoint.MlpOutput, ActivationPoint.BlockOutput])
            ? base.ForwardRows(graph, batch, sites, rows)
            : Run(graph, batch, sites, rows);

    private Tensor Run(Graph graph, TokenBatch batch, SiteSet? sites, ReadOnlySpan<int> rows)
    {
        var x = EmbeddingRows(graph, batch.Ids);
        if (sites is not null)
            foreach (var site in sites.Embeddings)
                x = site.Apply(graph, x, batch);
        var positions = Positions(batch, sites);
        for (var layer = 0; layer < blocks.Length; layer++)
        {
            graph.BeginLayer();
            // Empty: every row.
            var read = layer == blocks.Length - 1 ? rows : [];
            x = graph.Recomputes
                ? Recomputed(graph, layer, x, batch, sites, read)
                : BlockForward(graph, layer, x, batch, positions, sites, read);
        }
        return graph.RmsNorm(x, finalNorm.Apply(graph, sites), configuration.RmsNormEps);
    }

    public override Tensor Logits(Graph graph, Tensor hidden, TokenBatch batch, SiteSet? sites)
    {
        var logits = head.Index < Linears.Count ? head.Apply(graph, hidden, sites) : head.Base(graph, hidden);
        if (sites is not null)
            foreach (var site in sites.Logits)
                logits = site.Apply(graph, logits, batch);
        return logits;
    }

    public override Tensor Loss(Graph graph, Tensor hidden, ReadOnlySpan<int> targets, TokenBatch batch, SiteSet? sites)
    {
        var touched = sites is not null && (sites.Logits.Count > 0 || head.Index < Linears.Count && sites.At(head) is not null);
        return touched || head.Bias is not null
            ? base.Loss(graph, hidden, targets, batch, sites)
            : graph.LinearCrossEntropy(hidden, head.Weight, targets);
    }

    public override void Dispose()
    {
        embedding.Dispose();
        rope.Dispose();
        base.Dispose();
    }

    private Tensor Recomputed(Graph graph, int layer, Tensor x, TokenBatch batch, SiteSet? sites, ReadOnlySpan<int> rows)
    {
        var read = rows.ToArray();
        return graph.Recomputed(x, layer, (g, input, index) => BlockForward(g, index, input, batch, Positions(batch, sites), sites, read));
    }

    /// <param name="rows">The rows that are read of the result; empty: all.</param>
    private Tensor BlockForward(Graph graph, int layer, Tensor x, TokenBatch batch, ReadOnlySpan<int> positions, SiteSet? sites, ReadOnlySpan<int> rows)
    {
        x = At(graph, ActivationPoint.BlockInput, layer, x, batch, sites);
        var heads = Attended(graph, layer, x, batch, positions, sites);
        if (!rows.IsEmpty)
            (x, heads) = (graph.GatherRows(x, rows), graph.GatherRows(heads, rows));
        var b = blocks[layer];
        var o = At(graph, ActivationPoint.AttentionOutput, layer, b.Output.Apply(graph, heads, sites), batch, sites);
        x = graph.Add(x, o);
        var n = graph.RmsNorm(x, b.MlpNorm.Apply(graph, sites), configuration.RmsNormEps);
        Span<Tensor> maps = [default, default];
        b.Mlp.Apply(graph, n, sites, maps);
        var h = graph.SwiGlu(maps[0], maps[1]);
        var m = At(graph, ActivationPoint.MlpOutput, layer, b.Down.Apply(graph, h, sites), batch, sites);
        return At(graph, ActivationPoint.BlockOutput, layer, graph.Add(x, m), batch, sites);
    }

    /// <summary>The heads' outputs side by side.</summary>
    private Tensor Attended(Graph graph, int layer, Tensor x, TokenBatch batch, ReadOnlySpan<int> positions, SiteSet? sites)
    {
        var b = blocks[layer];
        var n = graph.RmsNorm(x, b.InputNorm.Apply(graph, sites), configuration.RmsNormEps);
        Span<Tensor> maps = [default, default, default];
        b.Attention.Apply(graph, n, sites, maps);
        var q = graph.Rope(maps[0], rope, positions, configuration.NumAttentionHeads, configuration.HeadDim);
        var k = graph.Rope(maps[1], rope, positions, configuration.NumKeyValueHeads, configuration.HeadDim);
        return At(graph, ActivationPoint.HeadOutput, layer, graph.Attend(q, k, maps[2], attention, batch, layer, sites), batch, sites);
    }

    private Tensor EmbeddingRows(Graph graph, ReadOnlySpan<int> ids)
    {
        using var _ = Profile.Measure(OperationKind.Rows, 0, 8L * ids.Length * Hidden);
        var x = graph.Persistent.Matrix(ids.Length, Hidden);
        foreach (var id in ids)
            if ((uint)id >= (uint)Vocabulary)
                throw new AttuneException($"token {id} is outside the model's vocabulary of {Vocabulary}; the tokenizer is of another model");
        embedding.ReadRows(ids, x);
        return x;
    }

    private static ReadOnlySpan<int> Positions(TokenBatch batch, SiteSet? sites)
    {
        if (sites?.PositionMap is not { } map)
            return batch.Positions;
        var mapped = new int[batch.Count];
        for (var i = 0; i < mapped.Length; i++)
            mapped[i] = map(batch.Positions[i]);
        return mapped;
    }

    private Block LoadBlock(IWeightSource source, int i)
    {
        var c = configuration;
        var p = $"model.layers.{i}.";
        var (q, kv) = (c.NumAttentionHeads * c.HeadDim, c.NumKeyValueHeads * c.HeadDim);
        return new Block(
            AddVector(source, p + "input_layernorm.weight", c.HiddenSize),
            new LinearGroup(
                AddLinear(source, p + "self_attn.q_proj", i, q, c.HiddenSize, c.AttentionBias),
                AddLinear(source, p + "self_attn.k_proj", i, kv, c.HiddenSize, c.AttentionBias),
                AddLinear(source, p + "self_attn.v_proj", i, kv, c.HiddenSize, c.AttentionBias)),
            AddLinear(source, p + "self_attn.o_proj", i, c.HiddenSize, q, c.AttentionBias),
            AddVector(source, p + "post_attention_layernorm.weight", c.HiddenSize),
            new LinearGroup(
                AddLinear(source, p + "mlp.gate_proj", i, c.IntermediateSize, c.HiddenSize, c.MlpBias),
                AddLinear(source, p + "mlp.up_proj", i, c.IntermediateSize, c.HiddenSize, c.MlpBias)),
            AddLinear(source, p + "mlp.down_proj", i, c.HiddenSize, c.IntermediateSize, c.MlpBias));
    }

    private sealed record Block(
        VectorModule InputNorm, LinearGroup Attention, LinearModule Output,
        VectorModule MlpNorm, LinearGroup Mlp, LinearModule Down);
}
