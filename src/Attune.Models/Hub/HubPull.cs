namespace Attune.Models.Hub;

/// <summary>What a pull brought.</summary>
/// <param name="Folder">Where the files lie.</param>
/// <param name="Commit">The commit that the revision stood for; empty if the hub does not say.</param>
public sealed record HubPull(string Folder, string Commit, IReadOnlyList<HubPulledFile> Files);
