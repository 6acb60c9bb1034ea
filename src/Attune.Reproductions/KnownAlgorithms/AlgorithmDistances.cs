namespace Attune.Reproductions;

/// <summary>A learner's squared prediction differences from reference predictors on the same sequences, divided by d.</summary>
internal sealed class AlgorithmDistances
{
    private readonly RegressionSequence[] sequences;
    private readonly double[][] predictions;
    private readonly int dimensions;

    public AlgorithmDistances(RegressionSequence[] sequences, double[][] predictions) =>
        (this.sequences, this.predictions, dimensions) = (sequences, predictions, sequences[0].Dimensions);

    /// <summary>SPD/d by position: pairs seen 0 … n − 1.</summary>
    public double[] ByPosition(IRegressor reference) =>
        [.. PredictionDistance.ByPosition(predictions, [.. sequences.Select(s => s.Predictions(reference))]).Select(v => v / dimensions)];

    /// <summary>MSPD/d: the mean over positions with fewer pairs than dimensions.</summary>
    public double UnderDetermined(IRegressor reference) => ByPosition(reference).Take(dimensions).Average();

    /// <summary>
    /// One step of gradient descent with the rate at which it is nearest to the learner on these sequences, so that other ones should judge it: with g = 2Xᵀy·x the predictions at rate 1, α = Σ f·g/Σ g·g over the positions of <see cref="UnderDetermined"/>.
    /// </summary>
    public GradientDescentRegressor NearestStep()
    {
        var (cross, square) = (0.0, 0.0);
        for (var s = 0; s < sequences.Length; s++)
        {
            var step = sequences[s].Predictions(new GradientDescentRegressor(1));
            for (var i = 0; i < dimensions; i++)
                (cross, square) = (cross + (predictions[s][i] * step[i]), square + (step[i] * step[i]));
        }
        return new GradientDescentRegressor(cross / square);
    }
}
