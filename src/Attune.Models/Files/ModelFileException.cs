using Attune.Tensors;

namespace Attune.Models.Files;

/// <summary>A model file that cannot be read: the message names the file, what is wrong with it, and what to do.</summary>
public sealed class ModelFileException(string message, Exception? inner = null, AttuneErrorKind kind = AttuneErrorKind.Request)
    : AttuneException(message, kind, inner)
{
    /// <summary>The message <c>path problem</c>, with numbers in invariant culture.</summary>
    internal static ModelFileException In(string path, FormattableString problem, Exception? inner = null) =>
        new(path + " " + FormattableString.Invariant(problem), inner);
}
