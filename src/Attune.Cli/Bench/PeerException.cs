using Attune.Tensors;

namespace Attune.Cli.Bench;

/// <summary>A peer does not run, or does not answer as expected.</summary>
internal sealed class PeerException(string message, Exception? inner = null) : AttuneException(message, AttuneErrorKind.Work, inner);
