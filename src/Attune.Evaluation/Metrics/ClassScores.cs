namespace Attune.Evaluation.Metrics;

/// <summary>Precision, recall and F1 as fractions, and how many gold rows they are over.</summary>
public readonly record struct ClassScores(double Precision, double Recall, double F1, int Support);
