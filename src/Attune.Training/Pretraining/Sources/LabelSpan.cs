namespace Attune.Training.Pretraining;

/// <summary>The tokens of a label in an episode.</summary>
/// <param name="Start">Place of its first token in the document.</param>
/// <param name="Length">Its tokens.</param>
/// <param name="Shot">How many labelled rows stand before it in the episode.</param>
/// <param name="Candidates">The labels that are possible there, each as its tokens.</param>
/// <param name="Right">Which of them it is.</param>
public readonly record struct LabelSpan(int Start, int Length, int Shot, IReadOnlyList<int[]> Candidates, int Right);
