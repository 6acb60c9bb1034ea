namespace Attune.Cli.Bench;

/// <summary>All that was measured beside a peer.</summary>
internal sealed record PeerComparison(string Peer, string Version, IReadOnlyList<PairedWork> Works);
