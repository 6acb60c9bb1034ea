using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Tensors;

/// <summary>Every gradient rule against central differences of Σ y·c, c random.</summary>
public class OperationGradientTests
{
    private const float Step = 1f / 128;

    public static TheoryData<string> Names => [.. OperationCase.All.Select(c => c.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Operation_Gradient_EqualsCentralDifferences(string name)
    {
        var tested = OperationCase.All.Single(c => c.Name == name);
        var inputs = tested.Inputs(5, 7, 11);
        var gradients = tested.Run(5, 7, 11)[1..];
        for (var i = 0; i < inputs.Length; i++)
            for (var j = 0; j < inputs[i].Values.Length; j++)
            {
                var value = inputs[i].Values[j];
                inputs[i].Values[j] = value + Step;
                var above = Objective(tested, inputs);
                inputs[i].Values[j] = value - Step;
                var below = Objective(tested, inputs);
                inputs[i].Values[j] = value;
                var expected = (above - below) / (2 * Step);
                Assert.True(Math.Abs(gradients[i][j] - expected) <= 2e-3 * (1 + Math.Abs(expected)), $"{name}: gradient {j} of input {i} is {gradients[i][j]}, differences give {expected}");
            }
    }

    [Theory, MemberData(nameof(Names))]
    public void Operation_WithoutRecording_GivesTheSameAndNoNode(string name)
    {
        var tested = OperationCase.All.Single(c => c.Name == name);
        using var graph = new Graph(recording: false);
        var y = tested.Apply(graph, tested.Inputs(5, 7, 11).Select(x => TestTensors.Constant(graph, x)).ToArray());
        Assert.Equal(0, y.Node);
        Assert.Equal(tested.Run(5, 7, 11)[0], y.Span.ToArray());
    }

    private static double Objective(OperationCase tested, GoldenTensor[] inputs)
    {
        using var graph = new Graph(recording: false);
        var y = tested.Apply(graph, inputs.Select(x => TestTensors.Constant(graph, x)).ToArray());
        var c = OperationCase.Upstream((int)y.Count, 11);
        var sum = 0.0;
        for (var i = 0; i < c.Length; i++)
            sum += (double)c[i] * y.Span[i];
        return sum;
    }
}
