namespace Attune.Evaluation.Reports;

/// <summary>A cell of the summary's table.</summary>
/// <param name="Text">For people; nothing in it hides or moves a cursor, but markup of the place it goes to must still be escaped.</param>
/// <param name="Values">For machines: one for each field of the column, in full; empty where there is none.</param>
public sealed record TableCell(string Text, IReadOnlyList<string> Values);
