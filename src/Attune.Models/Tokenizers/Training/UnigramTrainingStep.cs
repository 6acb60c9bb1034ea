namespace Attune.Models.Tokenizers;

/// <summary>A step of expectation maximisation.</summary>
/// <param name="Round">The rounds of pruning before it.</param>
/// <param name="Pieces">How many pieces there are.</param>
/// <param name="LogLikelihood">Σ over words of count·log p(word) before the step changed the scores, in nats.</param>
public readonly record struct UnigramTrainingStep(int Round, int Pieces, double LogLikelihood);
