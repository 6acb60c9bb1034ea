using System.Text.Json;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Architectures.Blocks;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Models.Architectures;

/// <summary>Every encoder with random weights: what must hold whatever the numbers are.</summary>
public sealed class EncoderArchitectureTests
{
    public static TheoryData<string> Names => new(TinyArchitectures.Encoders.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_Batch_EqualsItsSinglesBitForBit(string name)
    {
        using var model = Create(name);
        using var graph = new Graph(recording: false);
        var texts = Texts();
        var all = Batch(texts);
        var states = model.Forward(graph, all, null);
        var expected = states.Span.ToArray();
        var scores = model.Head!.Apply(graph, states, all, null).Span.ToArray();
        var row = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            graph.Reset();
            var one = Batch(texts[i]);
            var own = model.Forward(graph, one, null);
            Assert.Equal(expected[(row * model.Hidden)..((row + texts[i].Length) * model.Hidden)], own.Span.ToArray());
            var (first, count) = model.Head.IsOfTokens ? (row, texts[i].Length) : (i, 1);
            Assert.Equal(scores[(first * model.Head.Outputs)..((first + count) * model.Head.Outputs)], model.Head.Apply(graph, own, one, null).Span.ToArray());
            row += texts[i].Length;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_HeadLoss_GradientsMatchCentralDifferences(string name)
    {
        using var model = Create(name);
        var batch = Batch(Texts());
        var rows = model.Head!.IsOfTokens ? batch.Count : batch.Segments.Count;
        var targets = Enumerable.Range(0, rows).Select(i => i % Math.Min(model.Head.Outputs == 1 ? 2 : model.Head.Outputs, 7)).ToArray();
        CentralDifferences.Check(model, (graph, sites) => model.Head.Loss(graph, model.Forward(graph, batch, sites), targets, batch, sites));
    }

    [Theory]
    [InlineData("bert", "position_embedding_type", "relative_key", "relative_key")]
    [InlineData("bert", "hidden_act", "maxout", "maxout")]
    [InlineData("bert", "is_decoder", true, "decoder")]
    [InlineData("deberta", "norm_rel_ebd", "batch_norm", "batch_norm")]
    [InlineData("deberta", "pos_att_type", "p2p", "p2p")]
    [InlineData("deberta", "embedding_size", 8, "embedding_size")]
    [InlineData("deberta with convolution", "conv_kernel_size", 4, "conv_kernel_size")]
    [InlineData("mpnet", "relative_attention_num_buckets", 16, "relative_attention_num_buckets")]
    [InlineData("albert", "num_hidden_groups", 9, "groups")]
    [InlineData("modernbert", "hidden_activation", "maxout", "maxout")]
    [InlineData("bert", "num_attention_heads", 0, "num_attention_heads")]
    public void Create_UnknownSetting_IsRefusedByName(string name, string key, object value, string said)
    {
        var configuration = TinyArchitectures.With(TinyArchitectures.Encoders[name], (key, JsonSerializer.SerializeToNode(value)));
        var error = Assert.ThrowsAny<AttuneException>(() => TinyModels.Create(configuration, new TinyModels.RandomWeights(1)));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    /// <summary>RoBERTa's positions begin behind the padding token's row, so 22 of 24 rows are a text's.</summary>
    [Fact]
    public void Forward_LongerThanPositions_IsRefused()
    {
        using var model = Create("roberta");
        Assert.Equal(22, model.ContextLength);
        using var graph = new Graph(recording: false);
        model.Forward(graph, Batch([.. Enumerable.Repeat(5, 22)]), null);
        Assert.Throws<ContextOverflowException>(() => model.Forward(graph, Batch([.. Enumerable.Repeat(5, 23)]), null));
    }

    /// <summary>A padding token (1) in a RoBERTa's text takes no position: what stands behind it is where it would be without it.</summary>
    [Fact]
    public void Embedding_PaddingTokenInTheText_IsNotCounted()
    {
        using var model = Create("roberta");
        var tokens = model.Tables.Single(t => t.Name.EndsWith("word_embeddings.weight", StringComparison.Ordinal));
        var seen = new List<int>();
        var sites = new SiteSet(model, "seen");
        sites.Add(model.Tables.Single(t => t.Name.EndsWith("position_embeddings.weight", StringComparison.Ordinal)), new SeenRows(seen));
        using var graph = new Graph(recording: false);
        model.Forward(graph, Batch([7, 1, 8, 9]), sites);
        Assert.Equal([2, 1, 3, 4], seen);
        Assert.Equal(40, tokens.Rows);
    }

    /// <summary>Four layers in two groups: as many maps as two layers have.</summary>
    [Fact]
    public void Albert_TwoGroups_SharesWeightsAmongLayers()
    {
        using var model = Create("albert");
        Assert.Equal(4, model.Layers);
        Assert.Equal(2 * 6, model.Linears.Count(l => l.Name.Contains("albert_layers", StringComparison.Ordinal)));
    }

    [Fact]
    public void StateLinears_ModelWithHeads_LeavesThemOut()
    {
        using var model = Create("bert");
        Assert.NotNull(model.Pooler);
        Assert.IsType<MaskedTokenHead>(model.Head);
        Assert.DoesNotContain(model.StateLinears, l => l.Name.StartsWith("cls.", StringComparison.Ordinal) || l.Name.Contains("pooler", StringComparison.Ordinal));
        Assert.Equal(2 * 6, model.StateLinears.Count());
    }

    private static EncoderModel Create(string name) => (EncoderModel)TinyModels.Create(TinyArchitectures.Encoders[name], new TinyModels.RandomWeights(4));

    private static int[][] Texts() => [[5, 9, 33, 12, 7, 21, 6, 38, 11, 10, 25, 31, 8, 14, 19, 28, 30, 13], [17, 2, 35], [22, 9, 9, 26, 34]];

    private static TokenBatch Batch(params int[][] texts)
    {
        var batch = new TokenBatch();
        foreach (var text in texts)
            batch.Add(text);
        return batch;
    }

    private sealed class SeenRows(List<int> seen) : ITableSite
    {
        public Tensor Rows(Graph graph, ReadOnlySpan<int> ids, TableModule table)
        {
            seen.AddRange(ids);
            return table.Base(graph, ids);
        }
    }
}
