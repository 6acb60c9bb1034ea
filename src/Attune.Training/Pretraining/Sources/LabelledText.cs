namespace Attune.Training.Pretraining;

/// <summary>An episode as text: labelled rows one after another.</summary>
/// <param name="Labels">Where the labels stand, ascending.</param>
public sealed record LabelledText(string Text, IReadOnlyList<TextLabel> Labels);
