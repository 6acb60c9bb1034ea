namespace Attune.Evaluation.Metrics;

/// <summary>The rows whose confidence falls in one bin: how many, their mean confidence, and the share that was right (both 0 in an empty bin).</summary>
public readonly record struct CalibrationBin(int Count, double Confidence, double Accuracy)
{
    /// <summary>|mean confidence − share right|.</summary>
    public double Gap => Math.Abs(Confidence - Accuracy);
}
