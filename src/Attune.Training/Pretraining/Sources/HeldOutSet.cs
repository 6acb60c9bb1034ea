namespace Attune.Training.Pretraining;

/// <summary>Documents that training never sees.</summary>
/// <param name="Read">Document n, from 0; null: there are no more. The same n gives the same document.</param>
public sealed record HeldOutSet(string Name, Func<int, Document?> Read);
