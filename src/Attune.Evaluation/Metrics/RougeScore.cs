namespace Attune.Evaluation.Metrics;

/// <summary>Precision, recall and their harmonic mean, as fractions.</summary>
public readonly record struct RougeScore(double Precision, double Recall, double F1);
