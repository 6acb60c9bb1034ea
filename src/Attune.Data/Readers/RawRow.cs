namespace Attune.Data;

/// <summary>A row as its file gives it.</summary>
/// <param name="Number">Its number in the file from 1, over bad rows too.</param>
/// <param name="Line">The line on which it begins, from 1.</param>
internal sealed record RawRow(int Number, int Line, IReadOnlyDictionary<string, Cell> Cells);
