namespace Attune.Evaluation.Reports;

/// <summary>A piece of a sentence; <paramref name="Foreign"/>: a name from the user, the data or the model.</summary>
internal readonly record struct Phrase(string Text, bool Foreign = false);
