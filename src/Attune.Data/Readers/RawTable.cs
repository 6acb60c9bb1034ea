namespace Attune.Data;

/// <summary>The rows of a file before they have a meaning.</summary>
/// <param name="Columns">Every column in the order in which it first appears.</param>
/// <param name="IsDelimited">Whether the columns come from a header line.</param>
internal sealed record RawTable(string Path, IReadOnlyList<string> Columns, IReadOnlyList<RawRow> Rows, RowFaults Faults, bool IsDelimited)
{
    public bool Has(string column) => Columns.Contains(column, StringComparer.Ordinal);
}
