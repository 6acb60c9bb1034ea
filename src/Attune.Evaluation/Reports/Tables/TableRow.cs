namespace Attune.Evaluation.Reports;

/// <summary>A row of the summary's table: one cell for each column, and what is said of it.</summary>
public sealed record TableRow(IReadOnlyList<TableCell> Cells, RowMarks Marks)
{
    /// <summary>The marks as signs: "★ ¢"; empty if there are none.</summary>
    public string Signs => string.Join(' ', SummaryTable.Signs.Where(s => Marks.HasFlag(s.Mark)).Select(s => s.Sign));
}
