namespace Attune.Training.Pretraining;

/// <summary>What is known when training begins.</summary>
/// <param name="Parameters">Numbers that are trained.</param>
/// <param name="Vocabulary">Tokens of the tokenizer.</param>
/// <param name="Step">Steps that are behind already; 0: it begins.</param>
/// <param name="MemoryBytes">What it is estimated to need.</param>
public sealed record PretrainingStart(long Parameters, int Vocabulary, int Step, int Steps, long MemoryBytes);
