using System.Text.Json.Nodes;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.BayesPrism;

/// <summary>
/// A transformer over x_1, y_1, …, x_p, trained to give f(x_i) at the place of x_i by squared error (arXiv 2306.04891, section 2). A token of x holds its coordinates and 0,
/// one of y holds zeros and y last.
/// </summary>
internal sealed class PrismLearner(JsonObject configuration, FunctionFamily family, SeededRandom random) : IDisposable
{
    private readonly VectorLearner learner = new(configuration, family.Inputs + 1, 1, random);
    private float[] vectors = [];
    private int[] rows = [];

    public IReadOnlyList<Parameter> Parameters => learner.Parameters;

    /// <summary>Mean (f̂(x_i) − y_i)² over all points of the episodes, [1, 1].</summary>
    public Tensor Loss(Graph graph, IReadOnlyList<FunctionEpisode> episodes)
    {
        var predicted = Forward(graph, episodes);
        var targets = graph.Persistent.Matrix(predicted.Rows, 1);
        for (var (e, row) = (0, 0); e < episodes.Count; e++)
            foreach (var y in episodes[e].Noisy)
                targets.Span[row++] = (float)y;
        return graph.MeanSquaredError(predicted, targets);
    }

    /// <summary>f̂ at every point from the points before it, [episode][point].</summary>
    public double[][] Predict(IReadOnlyList<FunctionEpisode> episodes)
    {
        using var graph = new Graph(recording: false);
        var predicted = Forward(graph, episodes).Span.ToArray();
        var points = episodes[0].Points;
        return [.. episodes.Select((_, e) => predicted.Skip(e * points).Take(points).Select(v => (double)v).ToArray())];
    }

    /// <summary>f̂ at any points, [inputs · count], each after the first <paramref name="shots"/> points of an episode.</summary>
    public double[] After(FunctionEpisode episode, int shots, ReadOnlySpan<double> points)
    {
        var (length, width, count) = (2 * shots + 1, family.Inputs + 1, points.Length / family.Inputs);
        var numbers = new float[count * length * width];
        for (var q = 0; q < count; q++)
        {
            var sequence = numbers.AsSpan(q * length * width, length * width);
            for (var i = 0; i < shots; i++)
                WritePair(sequence[(2 * i * width)..], episode, i);
            for (var k = 0; k < family.Inputs; k++)
                sequence[2 * shots * width + k] = (float)points[q * family.Inputs + k];
        }
        using var graph = new Graph(recording: false);
        int[] last = [.. Enumerable.Range(0, count).Select(q => q * length + 2 * shots)];
        return [.. learner.ForwardRows(graph, numbers, count, length, last).Span.ToArray().Select(v => (double)v)];
    }

    public void Dispose() => learner.Dispose();

    private Tensor Forward(Graph graph, IReadOnlyList<FunctionEpisode> episodes)
    {
        var (points, width) = (episodes[0].Points, family.Inputs + 1);
        var length = 2 * points - 1;
        if (rows.Length != episodes.Count * points)
        {
            rows = [.. Enumerable.Range(0, episodes.Count * points).Select(i => i / points * length + 2 * (i % points))];
            vectors = new float[episodes.Count * length * width];
        }
        Array.Clear(vectors);
        for (var e = 0; e < episodes.Count; e++)
        {
            var sequence = vectors.AsSpan(e * length * width, length * width);
            for (var i = 0; i < points; i++)
                WritePair(sequence[(2 * i * width)..], episodes[e], i);
        }
        return learner.ForwardRows(graph, vectors, episodes.Count, length, rows);
    }

    /// <summary>The tokens of x and, where there is room, y.</summary>
    private void WritePair(Span<float> to, FunctionEpisode episode, int i)
    {
        var x = episode.Input(i);
        for (var k = 0; k < x.Length; k++)
            to[k] = (float)x[k];
        if (to.Length > family.Inputs + 1)
            to[2 * family.Inputs + 1] = (float)episode.Noisy[i];
    }
}
