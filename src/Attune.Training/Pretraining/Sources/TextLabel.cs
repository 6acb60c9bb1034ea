namespace Attune.Training.Pretraining;

/// <summary>A label in a text: text[Start..End].</summary>
/// <param name="Shot">Labelled rows before it.</param>
/// <param name="Candidates">The words of the labels that are possible, as they stand behind the input: with the blank before them where there is one. One list serves all labels of an episode.</param>
/// <param name="Right">Which of them it is.</param>
public readonly record struct TextLabel(int Start, int End, int Shot, IReadOnlyList<string> Candidates, int Right);
