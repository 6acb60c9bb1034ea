namespace Attune.Reproductions;

/// <summary>A table as it is shown; every row has a text for each column, the first names the row.</summary>
public sealed record ResultTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);
