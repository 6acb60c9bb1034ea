namespace Attune.Data.Generators;

/// <summary>A prompt with all its labels written, as a model should continue it.</summary>
/// <param name="Text">What <see cref="PromptTemplate.RenderPlain"/> gives for all rows but the last as demonstrations, and the last row's words.</param>
/// <param name="Labels">For each row the characters of its label's words (with the space in front, as they are scored), how many rows stand before it,
/// and the place of the label in <paramref name="LabelWords"/>.</param>
/// <param name="LabelWords">The words of all labels as they stand in the text, each with the space in front.</param>
/// <param name="Family">The name of the family that drew the task.</param>
public sealed record EpisodeText(
    string Text, IReadOnlyList<(int Start, int Length, int Shot, int Label)> Labels, IReadOnlyList<string> LabelWords, string Family);
