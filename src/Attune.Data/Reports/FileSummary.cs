namespace Attune.Data;

/// <summary>A file that was read: its split ("train", "dev", "test"), its name without folder, and its rows.</summary>
/// <param name="Rows">Rows kept.</param>
/// <param name="Skipped">Bad rows left out under the policy "skip".</param>
public sealed record FileSummary(string Split, string File, int Rows, int Skipped);
