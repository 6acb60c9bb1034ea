namespace Attune.Evaluation.Reports;

/// <summary>A piece of a sentence.</summary>
/// <param name="Foreign">From the user, the data or the model.</param>
/// <param name="Strong">What the eye shall find first.</param>
internal readonly record struct Phrase(string Text, bool Foreign = false, bool Strong = false);
