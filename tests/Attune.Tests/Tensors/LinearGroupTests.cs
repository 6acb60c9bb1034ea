using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors;

[Collection(nameof(FastPrecisionThreadTests))]
public sealed class LinearGroupTests
{
    private const int Inputs = 320;

    [Theory, InlineData(1), InlineData(2)]
    public void LinearGroup_EachFormatOrAllTogether_GivesTheBitsOfSingleProducts(int threads)
    {
        var random = new SeededRandom(41);
        WeightMatrix[] Group(params WeightFormat[] formats) => [.. formats.Select((f, i) => RandomWeights.Create(f, 33 + 47 * i, Inputs, random))];
        var before = ThreadTeam.Threads;
        ThreadTeam.Threads = threads;
        try
        {
            foreach (var format in Enum.GetValues<WeightFormat>())
                Check(Group(format, format, format), random);
            var mixed = Group(WeightFormat.Q4_1, WeightFormat.Q8_0, WeightFormat.BF16, WeightFormat.Q4_1, WeightFormat.F16, WeightFormat.F32, WeightFormat.Q4_0);
            Check(mixed, random);
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [Fact]
    public void LinearGroup_HandWorkedRows_GivesTheSums()
    {
        using var sum = WeightMatrix.Create(1, 3, [1, 1, 1]);
        using var parts = WeightMatrix.Create(2, 3, [1, 0, -1, 0, 2, 0]);
        using var graph = new Graph(recording: false);
        var outputs = new Tensor[2];
        graph.LinearGroup(TestTensors.Constant(graph, [1, 2, 3, 40, 50, 60], 2, 3), [sum, parts], outputs);
        Assert.Equal([6f, 150f], outputs[0].Span.ToArray());
        Assert.Equal([-2f, 4f, -20f, 100f], outputs[1].Span.ToArray());
    }

    [Fact]
    public void LinearGroup_RecordingOrTooFewOutputs_IsRefused()
    {
        using var weight = WeightMatrix.Create(1, 3, [1, 1, 1]);
        using var recording = new Graph(recording: true);
        Assert.Throws<ArgumentException>(() => recording.LinearGroup(TestTensors.Constant(recording, [1, 2, 3], 1, 3), [weight], new Tensor[1]));
        using var graph = new Graph(recording: false);
        Assert.Throws<ArgumentException>(() => graph.LinearGroup(TestTensors.Constant(graph, [1, 2, 3], 1, 3), [weight, weight], new Tensor[1]));
    }

    private static void Check(WeightMatrix[] weights, SeededRandom random)
    {
        foreach (var rows in (int[])[1, 2, 40])
            foreach (var precision in Enum.GetValues<Precision>())
            {
                var x = TestTensors.Normal(random, rows * Inputs);
                using var graph = new Graph(recording: false) { Precision = precision };
                var outputs = new Tensor[weights.Length];
                graph.LinearGroup(TestTensors.Constant(graph, x, rows, Inputs), weights, outputs);
                for (var i = 0; i < weights.Length; i++)
                    FastPrecisionCases.AssertSameBits(FastPrecisionCases.Linear(weights[i], x, precision), outputs[i].Span.ToArray(), $"{rows} rows, {precision}, map {i}, {weights[i].Format}");
            }
        foreach (var weight in weights)
            weight.Dispose();
    }
}
