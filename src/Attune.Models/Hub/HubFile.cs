namespace Attune.Models.Hub;

/// <summary>A file of a repository as the hub lists it.</summary>
/// <param name="Path">Its name, with '/' between folders.</param>
/// <param name="Bytes">Its length, where the list says it.</param>
/// <param name="Digest">Its hash, where the list says it.</param>
internal sealed record HubFile(string Path, long? Bytes, FileDigest? Digest);
