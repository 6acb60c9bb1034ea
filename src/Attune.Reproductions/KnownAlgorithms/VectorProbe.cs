using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;
using Attune.Training;

namespace Attune.Reproductions;

/// <summary>
/// Reads a vector out of a frozen learner's states (Akyürek et al. 2023, section 5): α = softmax(3s) with a learned score for each position, v = F(Σ αₜhₜ), F linear or with one hidden layer of GELU.
/// </summary>
internal static class VectorProbe
{
    private const double Rate = 1e-2;
    private const int Batch = 128;

    /// <summary>On the scores, so that attention can settle on one position within a short training.</summary>
    private const float Sharpness = 3;

    /// <summary>
    /// The mean squared error over the targets' variance, on the second third of the rows, which may choose among probes, and on the last, after training on the first: 1 is what a constant reaches.
    /// </summary>
    /// <param name="states">[sequences][positions · width].</param>
    /// <param name="targets">[sequences][outputs].</param>
    /// <param name="hidden">Hidden units; 0: a linear map.</param>
    public static (double Choosing, double Reported) Errors(float[][] states, double[][] targets, int width, int hidden, int steps, SeededRandom random, CancellationToken cancel)
    {
        var (third, positions, outputs) = (states.Length / 3, states[0].Length / width, targets[0].Length);
        var parameters = new List<Parameter> { new("scores", 1, positions) };
        var inputs = width;
        if (hidden > 0)
        {
            parameters.AddRange([Drawn("first", hidden, width, random), new Parameter("first.bias", 1, hidden)]);
            inputs = hidden;
        }
        // From zero, so that the first values it takes have the right sign at every position, before attention settles on one.
        parameters.AddRange([new Parameter("last", outputs, inputs), new Parameter("last.bias", 1, outputs)]);
        var scale = Deviation(targets);
        LearnerTraining.Train(
            parameters, new StepOptions(), steps, LearningRateSchedule.Cosine(Rate, steps / 20, steps),
            (graph, _) =>
            {
                var rows = Enumerable.Range(0, Math.Min(Batch, third)).Select(_ => random.Next(third)).ToArray();
                return graph.MeanSquaredError(Read(graph, parameters, states, rows, width), Targets(graph, targets, rows, scale));
            },
            null, cancel);
        double Left(int from, int count) => TestError(parameters, states, targets, [.. Enumerable.Range(from, count)], width, scale);
        var errors = (Left(third, third), Left(2 * third, states.Length - (2 * third)));
        parameters.ForEach(p => p.Dispose());
        return errors;
    }

    private static double TestError(List<Parameter> parameters, float[][] states, double[][] targets, int[] rows, int width, double scale)
    {
        using var graph = new Graph(recording: false);
        var (read, wanted) = (Read(graph, parameters, states, rows, width), Targets(graph, targets, rows, scale));
        var (square, variance) = (0.0, 0.0);
        for (var j = 0; j < read.Columns; j++)
        {
            var mean = Enumerable.Range(0, rows.Length).Average(i => wanted[i][j]);
            for (var i = 0; i < rows.Length; i++)
                (square, variance) = (square + Square(read[i][j] - wanted[i][j]), variance + Square(wanted[i][j] - mean));
        }
        return square / variance;
    }

    /// <summary>[rows, outputs].</summary>
    private static Tensor Read(Graph graph, List<Parameter> parameters, float[][] states, int[] rows, int width)
    {
        var positions = parameters[0].Columns;
        // [rows · width, positions], so that one product with α pools every row.
        var data = graph.Persistent.Matrix(rows.Length * width, positions);
        for (var i = 0; i < rows.Length; i++)
            for (var c = 0; c < width; c++)
                for (var t = 0; t < positions; t++)
                    data[(i * width) + c][t] = states[rows[i]][(t * width) + c];
        var x = graph.Product(graph.Softmax(graph.Scale(graph.Use(parameters[0]), Sharpness)), data).Reshape(rows.Length, width);
        if (parameters.Count > 3)
            x = graph.Gelu(graph.AddBias(graph.Product(x, graph.Use(parameters[1])), graph.Use(parameters[2])));
        return graph.AddBias(graph.Product(x, graph.Use(parameters[^2])), graph.Use(parameters[^1]));
    }

    private static Tensor Targets(Graph graph, double[][] targets, int[] rows, double scale)
    {
        var y = graph.Persistent.Matrix(rows.Length, targets[0].Length);
        for (var i = 0; i < rows.Length; i++)
            for (var j = 0; j < y.Columns; j++)
                y[i][j] = (float)(targets[rows[i]][j] / scale);
        return y;
    }

    private static double Deviation(double[][] targets) => Math.Sqrt(targets.Average(t => t.Average(v => v * v)));

    private static double Square(double x) => x * x;

    private static Parameter Drawn(string name, int rows, int columns, SeededRandom random)
    {
        var parameter = new Parameter(name, rows, columns);
        foreach (ref var value in parameter.Value.Span)
            value = (float)(random.NextNormal() / Math.Sqrt(columns));
        return parameter;
    }
}
