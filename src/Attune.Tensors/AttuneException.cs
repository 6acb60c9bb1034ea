namespace Attune.Tensors;

/// <summary>Whose mistake an error is, and so which exit code it ends in.</summary>
public enum AttuneErrorKind
{
    /// <summary>The request was wrong: a missing file, an unknown option, data that cannot be read. Exit code 2.</summary>
    Request,

    /// <summary>The work failed: a full disk, a diverging loss, not enough memory. Exit code 1.</summary>
    Work,
}

/// <summary>An error for a person: one sentence that says what was found, what was expected, and what to do.</summary>
public class AttuneException(string message, AttuneErrorKind kind = AttuneErrorKind.Request, Exception? inner = null)
    : Exception(message, inner)
{
    public AttuneErrorKind Kind { get; } = kind;
}
