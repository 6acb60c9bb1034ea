namespace Attune.Models.Hub;

/// <summary>A file that is in the folder now.</summary>
/// <param name="Path">Its name in the repository.</param>
/// <param name="Digest">The hash that the hub announced and the file has; null where it announced none, so that nothing could be checked.</param>
/// <param name="WasThere">Whether it was there before, whole and with that hash.</param>
public sealed record HubPulledFile(string Path, long Bytes, FileDigest? Digest, bool WasThere);
