using Attune.Tensors.Autograd;

namespace Attune.Reproductions.SoftmaxRegression;

/// <summary>
/// Mean squared errors against β·x_q on the same fresh sequences, so that predictors are compared without the noise of sampling. Nothing of σ² is in them; the error
/// against targets is σ² more.
/// </summary>
public sealed record HeadErrors
{
    private const int Chunk = 256;

    public required int Length { get; init; }

    /// <summary>Of each softmax net.</summary>
    public required double[] Softmax { get; init; }

    /// <summary>Of linear attention, of its starts the best on other sequences, that divides its scores by the length of the sequence.</summary>
    public required double LinearMean { get; init; }

    /// <summary>Of linear attention with the scale that it was trained with: a sum over tokens.</summary>
    public required double LinearSum { get; init; }

    /// <summary>The Bayes error.</summary>
    public required double Ridge { get; init; }

    /// <summary>One step of gradient descent of the best size for these sequences.</summary>
    public required double GradientStep { get; init; }

    /// <summary>The same of the debiased step.</summary>
    public required double DebiasedStep { get; init; }

    /// <summary>Measures the nets of a training at any length.</summary>
    public static HeadErrors Measure(HeadTraining trained, RegressionSetting setting, int trainedLength, int sequences, NormalStream normal)
    {
        using var batch = new RegressionBatch(setting, Math.Min(Chunk, sequences));
        using var graph = new Graph(recording: false);
        Squares[]? softmax = null;
        var best = trained.BestLinear;
        var (mean, sum, ridge, step, debiased) = (new Squares(), new Squares(), new Squares(), new Squares(), new Squares());
        for (var done = 0; done < sequences; done += batch.Count)
        {
            graph.Reset();
            batch.Draw(normal);
            var y = trained.Softmax.Predict(graph, batch);
            var linear = trained.Linear.Predict(graph, batch, setting.Length);
            softmax ??= [.. Enumerable.Range(0, y.Columns).Select(_ => new Squares())];
            for (var s = 0; s < batch.Count; s++)
            {
                double clean = batch.Clean[s];
                for (var n = 0; n < softmax.Length; n++)
                    softmax[n].Add(y[s][n], clean);
                mean.Add(linear[s][best], clean);
                sum.Add((double)linear[s][best] * setting.Length / trainedLength, clean);
                ridge.Add(ReferencePredictors.Ridge(batch, s), clean);
                step.Add(ReferencePredictors.GradientStep(batch, s), clean);
                debiased.Add(ReferencePredictors.DebiasedStep(batch, s), clean);
            }
        }
        return new HeadErrors
        {
            Length = setting.Length, Softmax = [.. softmax!.Select(q => q.Error)], LinearMean = mean.Error, LinearSum = sum.Error,
            Ridge = ridge.Error, GradientStep = step.ErrorAtBestScale, DebiasedStep = debiased.ErrorAtBestScale,
        };
    }

    /// <summary>Sums of squares of predictions f and truths t.</summary>
    private sealed class Squares
    {
        private double ff, ft, tt;
        private int count;

        /// <summary>Mean of (f − t)².</summary>
        public double Error => (ff - 2 * ft + tt) / count;

        /// <summary>The least mean of (a·f − t)² over a.</summary>
        public double ErrorAtBestScale => (tt - ft * ft / ff) / count;

        public void Add(double f, double t)
        {
            (ff, ft, tt) = (ff + f * f, ft + f * t, tt + t * t);
            count++;
        }
    }
}
