namespace Attune.Data;

/// <summary>How many rows carry a label.</summary>
/// <param name="Test">Null where there is no test file.</param>
public sealed record LabelCount(string Label, int Train, int? Test);
