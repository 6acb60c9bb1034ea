namespace Attune.Reproductions.Texts;

/// <summary>A labelled text in the tokens of a language model.</summary>
/// <param name="Text">What an encoder reads.</param>
/// <param name="Input">The rendered input, up to where the label's words begin.</param>
/// <param name="Label">Number of the label.</param>
internal sealed record PromptRow(string Text, int[] Input, int Label);
