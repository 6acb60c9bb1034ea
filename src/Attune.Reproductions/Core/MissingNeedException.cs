using Attune.Tensors;

namespace Attune.Reproductions;

/// <summary>A model or data set that a reproduction needs is not on this machine: what depends on it is not testable here.</summary>
public sealed class MissingNeedException(string message) : AttuneException(message);
