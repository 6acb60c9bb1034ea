namespace Attune.Data;

/// <summary>Something odd in the data: one sentence on what was found, one on what can be done.</summary>
public sealed record WarningMessage(string Found, string Remedy);
