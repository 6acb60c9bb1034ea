namespace Attune.Data;

/// <summary>A column of the data and what it was taken for: "input", "label", "references", "choices", "group" or "unused".</summary>
public sealed record ColumnSummary(string Name, string Role);
