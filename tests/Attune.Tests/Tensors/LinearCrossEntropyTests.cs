using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors;

public class LinearCrossEntropyTests
{
    [Theory]
    [InlineData(5, 40, 24)]
    [InlineData(31, 600_000, 16)] // several chunks of rows
    public void LinearCrossEntropy_EqualsCrossEntropyOverLinear_BitForBit(int rows, int classes, int columns)
    {
        var random = new SeededRandom(6);
        using var weight = WeightMatrix.Create(classes, columns, TestTensors.Normal(random, classes * columns, 0.3));
        using var x = TestTensors.Parameter(TestTensors.Normal(random, rows * columns), rows, columns);
        var labels = Enumerable.Range(0, rows).Select(r => r % 4 == 2 ? CrossEntropyOperation.Ignore : random.Next(classes)).ToArray();
        float[] Run(Func<Graph, Tensor, Tensor> loss)
        {
            x.ClearGradient();
            using var graph = new Graph(recording: true);
            var y = loss(graph, graph.Use(x));
            graph.Backward(graph.Scale(y, 0.5f), 2);
            return [y.Only(), .. x.Gradient.Span];
        }

        Assert.Equal(Run((g, t) => g.CrossEntropy(g.Linear(t, weight), labels)), Run((g, t) => g.LinearCrossEntropy(t, weight, labels)));
    }

    [Fact]
    public void LinearCrossEntropy_NoLabelCounts_IsNaN()
    {
        using var weight = WeightMatrix.Create(3, 2, [1, 2, 3, 4, 5, 6]);
        using var graph = new Graph(recording: false);
        var x = TestTensors.Constant(graph, [1, 1], 1, 2);
        Assert.True(float.IsNaN(graph.LinearCrossEntropy(x, weight, [CrossEntropyOperation.Ignore]).Only()));
        Assert.Contains("label 3", Assert.Throws<ArgumentException>(() => graph.LinearCrossEntropy(x, weight, [3])).Message, StringComparison.Ordinal);
    }
}
