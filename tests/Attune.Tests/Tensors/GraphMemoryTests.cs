using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Tensors;

/// <summary>Gradient rules read only what their operations keep, and blocks that are computed again give the same bits.</summary>
public class GraphMemoryTests
{
    public static TheoryData<string> Names => [.. OperationCase.All.Select(c => c.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Backward_WhereMemoryThatIsNotKeptIsOverwritten_GivesTheSameGradients(string name)
    {
        var tested = OperationCase.All.Single(c => c.Name == name);
        Assert.Equal(Gradients(tested, spoil: false, again: false), Gradients(tested, spoil: true, again: false));
    }

    [Theory, MemberData(nameof(Names))]
    public void Backward_OfBlockThatIsComputedAgain_GivesTheSameGradients(string name)
    {
        var tested = OperationCase.All.Single(c => c.Name == name);
        Assert.Equal(Gradients(tested, spoil: false, again: false), Gradients(tested, spoil: true, again: true));
    }

    [Fact]
    public void Attention_WhereMemoryThatIsNotKeptIsOverwritten_GivesTheSameGradients()
    {
        var shape = new Attune.Tensors.Kernels.AttentionShape(4, 2, 16, 0.25f, Causal: true);
        var tested = new OperationCase("Attention", (_, _) => [(37, 64), (37, 32), (37, 32)], (g, x) => g.Attention(x[0], x[1], x[2], shape, [new AttentionRange(0, 20), new AttentionRange(20, 17)]));
        Assert.Equal(Gradients(tested, spoil: false, again: false), Gradients(tested, spoil: true, again: false));
        Assert.Equal(Gradients(tested, spoil: false, again: false), Gradients(tested, spoil: true, again: true));
    }

    [Fact]
    public void RecomputedBlocks_InARow_GiveTheSameBitsWithDropout()
    {
        static float[] Run(bool again)
        {
            using var graph = new Graph(recording: true);
            using var weight = TestTensors.Parameter(TestTensors.Normal(new SeededRandom(1), 64), 8, 8);
            var random = new SeededRandom(9);
            Tensor Block(Graph g, Tensor x, int layer) => g.Add(x, g.Dropout(g.Tanh(g.Product(x, g.Use(weight))), 0.3f, random));
            var x = TestTensors.Normal(new SeededRandom(2), 40);
            var h = graph.Persistent.Matrix(5, 8);
            x.CopyTo(h.Span);
            for (var layer = 0; layer < 6; layer++)
            {
                graph.BeginLayer();
                h = again ? graph.Recomputed(h, layer, Block) : Block(graph, h, layer);
            }
            var loss = graph.Mean(graph.Multiply(h, h));
            graph.Backward(loss);
            return [loss.Span[0], .. weight.Gradient.Span];
        }

        Assert.Equal(Run(again: false), Run(again: true));
    }

    [Fact]
    public void Backward_ReturnsTheMemoryOfGradients()
    {
        using var graph = new Graph(recording: true);
        using var weight = TestTensors.Parameter(TestTensors.Normal(new SeededRandom(1), 64 * 64), 64, 64);
        var h = graph.Persistent.Zeros(64, 64);
        for (var layer = 0; layer < 20; layer++)
        {
            graph.BeginLayer();
            h = graph.Scale(graph.Add(h, graph.Product(h, graph.Use(weight))), 0.5f);
        }
        var loss = graph.Mean(h);
        var before = graph.Arena.UsedBytes;
        graph.Backward(loss);
        // The loss's own gradient was there for a moment; nothing of the backward pass is held.
        Assert.Equal(before, graph.Arena.UsedBytes);
        // 20 inputs of products and the last two layers, 16 KiB each.
        Assert.InRange(before, 20 << 14, 28 << 14);
    }

    private static float[][] Gradients(OperationCase tested, bool spoil, bool again)
    {
        var inputs = tested.Inputs(7, 19, 11);
        using var graph = new Graph(recording: true);
        var parameters = inputs.Select(x => TestTensors.Parameter(x.Values, x.Rows, x.Columns)).ToArray();
        // Through Scale, so that what the operation reads stands in the graph's memory.
        Tensor Apply(Graph g, Tensor _, int index) => tested.Apply(g, [.. parameters.Select(p => g.Scale(g.Use(p), 1.5f))]);
        var y = again ? graph.Recomputed(default, 0, Apply) : Apply(graph, default, 0);
        OperationCase.Upstream((int)y.Count, 11).CopyTo(graph.Gradient(y).Span);
        if (spoil)
            graph.SpoilWhatIsNotKept();
        graph.RunBackward();
        var results = parameters.Select(p => p.Gradient.Span.ToArray()).ToArray();
        foreach (var p in parameters)
            p.Dispose();
        return results;
    }
}
