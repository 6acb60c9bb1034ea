using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>Hand-worked cases and properties of single operations; kinks, empty inputs and errors.</summary>
public class OperationTests
{
    [Fact]
    public void Dropout_BySeed_IsReproducibleAndKeepsTheMean()
    {
        using var graph = new Graph(recording: false);
        var ones = TestTensors.Constant(graph, Enumerable.Repeat(1f, 90_000).ToArray(), 300, 300);
        var y = graph.Dropout(ones, 0.25f, new SeededRandom(3)).Span.ToArray();
        Assert.Equal(y, graph.Dropout(ones, 0.25f, new SeededRandom(3)).Span.ToArray());
        Assert.NotEqual(y, graph.Dropout(ones, 0.25f, new SeededRandom(4)).Span.ToArray());
        Assert.Equal([0f, 1 / 0.75f], y.Distinct().Order());
        // Six standard deviations of a mean of 90,000 such draws.
        Assert.Equal(1, y.Average(), 6 * Math.Sqrt(0.25 / 0.75 / 90_000));
    }

    [Fact]
    public void Dropout_Backward_UsesTheForwardMask()
    {
        using var graph = new Graph(recording: true);
        using var p = TestTensors.Parameter(Enumerable.Repeat(1f, 70).ToArray(), 7, 10);
        var y = graph.Dropout(graph.Use(p), 0.5f, new SeededRandom(3));
        graph.Backward(y);
        Assert.Equal(y.Span.ToArray(), p.Gradient.Span.ToArray());
    }

    [Fact]
    public void Dropout_OfRateZero_DrawsNothing()
    {
        using var graph = new Graph(recording: false);
        var random = new SeededRandom(3);
        graph.Dropout(TestTensors.Constant(graph, [1f], 1, 1), 0, random);
        Assert.Equal(new SeededRandom(3).NextUInt64(), random.NextUInt64());
    }

    [Fact]
    public void Relu_AtZero_HasSlopeZero()
    {
        using var graph = new Graph(recording: true);
        using var p = TestTensors.Parameter([-1, -0f, 0, 2], 1, 4);
        var y = graph.Relu(graph.Use(p));
        graph.Backward(y);
        Assert.Equal([0, 0, 0, 2], y.Span.ToArray());
        Assert.Equal([0, 0, 0, 1], p.Gradient.Span.ToArray());
    }

    [Fact]
    public void CrossEntropy_OfEqualLogits_IsTheLogOfTheClasses()
    {
        using var graph = new Graph(recording: false);
        var logits = TestTensors.Constant(graph, new float[12], 3, 4);
        Assert.Equal(Math.Log(4), graph.CrossEntropy(logits, [0, CrossEntropyOperation.Ignore, 3]).Only(), 1e-6);
        Assert.Equal(2 * Math.Log(4), graph.CrossEntropy(logits, [0, -100, 3], new CrossEntropyOptions { Reduction = Reduction.Sum }).Only(), 1e-6);
        Assert.Equal(3.5 * Math.Log(4), graph.CrossEntropy(logits, [0, 1, 3], [1f, 0f, 2.5f]).Only(), 1e-6);
        Assert.True(float.IsNaN(graph.CrossEntropy(logits, [-100, -100, -100]).Only()));
        // Weights 1 and 3 on the labels 0 and 3: (1·ln 4 + 3·ln 4)/4.
        Assert.Equal(Math.Log(4), graph.CrossEntropy(logits, [0, -100, 3], CrossEntropyOptions.Default, [1, 5, 5, 3]).Only(), 1e-6);
    }

    [Fact]
    public void CrossEntropy_WithALabelOutside_SaysWhich()
    {
        using var graph = new Graph(recording: false);
        var logits = TestTensors.Constant(graph, new float[8], 2, 4);
        Assert.Contains("label 4 of row 1", Assert.Throws<ArgumentException>(() => graph.CrossEntropy(logits, [0, 4])).Message, StringComparison.Ordinal);
        Assert.Contains("1 labels", Assert.Throws<ArgumentException>(() => graph.CrossEntropy(logits, [0])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Softmax_OfAFullyMaskedRow_IsNaN()
    {
        using var graph = new Graph(recording: false);
        var x = TestTensors.Constant(graph, [float.NegativeInfinity, float.NegativeInfinity, 0, float.NegativeInfinity], 2, 2);
        Assert.Equal([float.NaN, float.NaN, 1, 0], graph.Softmax(x).Span.ToArray());
        Assert.Equal([float.NaN, float.NaN, 0, float.NegativeInfinity], graph.LogSoftmax(x).Span.ToArray());
        Assert.Equal([float.NegativeInfinity, 0], graph.LogSumExp(x).Span.ToArray());
    }

    [Fact]
    public void Embedding_WithPadding_LeavesItsGradientAlone()
    {
        using var graph = new Graph(recording: true);
        using var p = TestTensors.Parameter([1, 2, 3], 3, 1);
        var y = graph.Embedding(graph.Use(p), [2, 0, 2, 1], padding: 0);
        graph.Backward(y);
        Assert.Equal([3, 1, 3, 2], y.Span.ToArray());
        Assert.Equal([0, 1, 2], p.Gradient.Span.ToArray());
    }

    [Fact]
    public void MeanPool_OfRunsOneOfThemEmpty_GivesMeansAndZeros()
    {
        using var graph = new Graph(recording: false);
        var x = TestTensors.Constant(graph, [1, 2, 3, 4, 5, 9], 3, 2);
        Assert.Equal([2, 3, 0, 0, 5, 9], graph.MeanPool(x, [2, 0, 1]).Span.ToArray());
        Assert.Throws<ArgumentException>(() => graph.MeanPool(x, [2]));
    }

    [Fact]
    public void Operations_OnNoRows_GiveNoRows()
    {
        using var graph = new Graph(recording: true);
        using var p = new Parameter("empty", 0, 4);
        using var row = TestTensors.Parameter([1, 1, 1, 1], 1, 4);
        var x = graph.Softmax(graph.RmsNorm(graph.Gelu(graph.Use(p)), graph.Use(row), 1e-5f));
        var y = graph.Sum(graph.LayerNorm(graph.AddBias(x, graph.Use(row)), default, default, 1e-5f));
        graph.Backward(y);
        Assert.Equal(0, y.Only());
        Assert.Equal(new float[4], row.Gradient.Span.ToArray());
    }

    [Fact]
    public void Shapes_ThatDoNotFit_AreNamed()
    {
        using var graph = new Graph(recording: false);
        Tensor a = TestTensors.Constant(graph, new float[6], 2, 3), b = TestTensors.Constant(graph, new float[6], 3, 2);
        Assert.Equal("Multiply: shapes [2, 3] and [3, 2] differ, and neither is repeated", Assert.Throws<ArgumentException>(() => graph.Multiply(a, b)).Message);
        Assert.Equal("MultiplyRow: the row is [3, 2], expected [1, 3]", Assert.Throws<ArgumentException>(() => graph.MultiplyRow(a, b)).Message);
        Assert.Contains("index 2 at place 1", Assert.Throws<ArgumentException>(() => graph.GatherRows(a, [0, 2])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rope_InTwoHalves_EqualsOneTurn()
    {
        // Turning to position 3 and then by 4 more is turning to 7.
        using var graph = new Graph(recording: false);
        using var table = new RopeTable(new RopeSettings { Base = 10000, RotaryDims = 8 });
        var x = TestTensors.Constant(graph, TestTensors.Normal(new SeededRandom(1), 16), 2, 8);
        var twice = graph.Rope(graph.Rope(x, table, [3, 3], 1, 8), table, [4, 4], 1, 8);
        var once = graph.Rope(x, table, [7, 7], 1, 8);
        for (var i = 0; i < 16; i++)
            Assert.Equal(once.Span[i], twice.Span[i], 1e-5f);
    }

    [Fact]
    public void Step_Repeated_AllocatesNothing()
    {
        using var graph = new Graph(recording: true);
        using var p = TestTensors.Parameter(TestTensors.Normal(new SeededRandom(1), 64 * 96), 64, 96);
        using var w = TestTensors.Parameter(TestTensors.Normal(new SeededRandom(2), 96), 1, 96);
        var labels = Enumerable.Range(0, 64).ToArray();
        var random = new SeededRandom(1);
        for (var i = 0; i < 40; i++)
            Step(graph, p, w, labels, random);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Step(graph, p, w, labels, random);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Step(Graph graph, Parameter p, Parameter w, int[] labels, SeededRandom random)
    {
        graph.Reset();
        var x = graph.Use(p);
        var h = graph.MultiplyRow(graph.RmsNorm(graph.SwiGlu(x, graph.Gelu(x)), graph.Use(w), 1e-5f), graph.Use(w));
        h = graph.Dropout(graph.LayerNorm(graph.AddBias(h, graph.Use(w)), default, default, 1e-5f), 0.1f, random);
        graph.Backward(graph.CrossEntropy(graph.L2Normalise(h), labels, 0.1f));
    }
}
