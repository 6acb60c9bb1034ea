namespace Attune.Evaluation.Reports;

/// <summary>A column of the summary's table.</summary>
/// <param name="Header">What stands above it.</param>
/// <param name="AlignRight">Numbers stand to the right.</param>
/// <param name="Meaning">What it holds, in a sentence.</param>
/// <param name="Fields">The names under which its values in full stand in summary.csv and summary.json.</param>
public sealed record TableColumn(string Header, bool AlignRight, string Meaning, IReadOnlyList<string> Fields);
