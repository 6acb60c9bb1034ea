namespace Attune.Models.Hub;

/// <summary>How far a pull is.</summary>
/// <param name="File">The file that is fetched now.</param>
/// <param name="Done">Bytes of all files that are on the disk, those of earlier pulls included.</param>
/// <param name="Total">Bytes of all files, as far as the hub says.</param>
/// <param name="Received">Bytes that came over the net in this pull.</param>
public readonly record struct HubProgress(string File, long Done, long Total, long Received);
