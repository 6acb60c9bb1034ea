namespace Attune.Evaluation.Metrics;

/// <summary>BLEU on a scale of 0 to 100, with what it is made of; precisions in per cent, for n-grams of 1 to 4 tokens.</summary>
public sealed record BleuScore(
    double Score, double[] Precisions, double BrevityPenalty, int HypothesisLength, int ReferenceLength, int[] Matches, int[] Totals);
