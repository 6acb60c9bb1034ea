using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Training;

namespace Attune.Reproductions;

/// <summary>
/// Linear regression in context as Akyürek et al. (2023, section 4.1) pose it: pairs become two vectors of d + 1 numbers each, (0, x) and (y, 0 … 0),
/// and y is predicted at each x.
/// </summary>
/// <param name="Dimensions">d.</param>
/// <param name="Pairs">Pairs of a sequence; the last has its x alone.</param>
/// <param name="Noise">σ.</param>
/// <param name="Constant">The same w in every task where it is given, else w ~ N(0, I).</param>
internal sealed record InContextRegression(int Dimensions, int Pairs, double Noise = 0, double[]? Constant = null)
{
    /// <summary>Vectors of a sequence.</summary>
    public int Length => (2 * Pairs) - 1;

    public RegressionSequence[] Draw(SeededRandom random, int count)
    {
        var sequences = new RegressionSequence[count];
        for (var i = 0; i < count; i++)
            sequences[i] = Constant is null ? RegressionSequence.Draw(random, Dimensions, Pairs, Noise) : RegressionSequence.Draw(random, Constant, Pairs, Noise);
        return sequences;
    }

    /// <summary>[sequences · Length, d + 1].</summary>
    public float[] Vectors(IReadOnlyList<RegressionSequence> sequences)
    {
        var width = Dimensions + 1;
        var vectors = new float[sequences.Count * Length * width];
        for (var s = 0; s < sequences.Count; s++)
        {
            for (var t = 0; t < Length; t++)
            {
                var row = vectors.AsSpan(((s * Length) + t) * width, width);
                if (t % 2 == 1)
                    row[0] = (float)sequences[s].Y[t / 2];
                else
                    for (var j = 0; j < Dimensions; j++)
                        row[j + 1] = (float)sequences[s].X[(t / 2 * Dimensions) + j];
            }
        }
        return vectors;
    }

    /// <summary>The rows at which y is predicted.</summary>
    public int[] Rows(int sequences)
    {
        var rows = new int[sequences * Pairs];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = (i / Pairs * Length) + (2 * (i % Pairs));
        return rows;
    }

    /// <summary>The mean squared error at every x: [1, 1].</summary>
    public Tensor Loss(Graph graph, VectorLearner learner, RegressionSequence[] sequences)
    {
        var targets = graph.Persistent.Matrix(sequences.Length * Pairs, 1);
        for (var s = 0; s < sequences.Length; s++)
            for (var i = 0; i < Pairs; i++)
                targets.Span[(s * Pairs) + i] = (float)sequences[s].Y[i];
        var outputs = learner.ForwardRows(graph, Vectors(sequences), sequences.Length, Length, Rows(sequences.Length));
        return graph.MeanSquaredError(outputs, targets);
    }

    /// <summary>Trains on fresh sequences: Adam, warm-up over a tenth of the steps, then a cosine to zero.</summary>
    public void Train(VectorLearner learner, int steps, int batch, double rate, SeededRandom random, Action<int, double>? onStep, CancellationToken cancel) => LearnerTraining.Train(
        learner.Parameters, new StepOptions(), steps, Tensors.Optimizers.LearningRateSchedule.Cosine(rate, steps / 10, steps),
        (graph, _) => Loss(graph, learner, Draw(random, batch)), onStep, cancel);

    /// <summary>What a learner predicts for each pair from those before it: [sequences][Pairs].</summary>
    public double[][] Predictions(VectorLearner learner, IReadOnlyList<RegressionSequence> sequences)
    {
        const int together = 256;
        var predictions = new double[sequences.Count][];
        for (var from = 0; from < sequences.Count; from += together)
        {
            var some = sequences.Skip(from).Take(together).ToArray();
            using var graph = new Graph(recording: false);
            var outputs = learner.ForwardRows(graph, Vectors(some), some.Length, Length, Rows(some.Length));
            for (var s = 0; s < some.Length; s++)
            {
                predictions[from + s] = new double[Pairs];
                for (var i = 0; i < Pairs; i++)
                    predictions[from + s][i] = outputs.Span[(s * Pairs) + i];
            }
        }
        return predictions;
    }
}
