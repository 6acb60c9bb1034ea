namespace Attune.Data;

/// <summary>How rows are drawn for a seed.</summary>
/// <param name="Shots">The budget of labelled rows.</param>
/// <param name="TestRows">Test rows to draw; null for all of the test file, or a fifth of the data where there is none.</param>
/// <param name="Natural">Labelled rows as they come, not the same number for each label.</param>
/// <param name="KeepLeaks">Keep labelled rows whose text or group also stands in the test rows.</param>
public sealed record SplitOptions(ShotSpec Shots, int? TestRows = null, bool Natural = false, bool KeepLeaks = false);
