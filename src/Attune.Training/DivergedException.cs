using Attune.Tensors;

namespace Attune.Training;

/// <summary>A training blew up: a loss or a gradient is not finite, or gradients are far longer than before.</summary>
/// <param name="message">At which step, and what.</param>
public sealed class DivergedException(string message, Exception? inner = null) : AttuneException(message, AttuneErrorKind.Work, inner);
