using System.Globalization;

namespace Attune.Tensors;

/// <summary>More memory is needed than the limit allows, and nobody had any to give back.</summary>
public class MemoryLimitException : AttuneException
{
    /// <param name="what">For what, between "are needed" and "but the limit": empty, or " for …".</param>
    public MemoryLimitException(string what, long needed, long limit)
        : base(Sentence(what, needed, limit), AttuneErrorKind.Work) => (NeededBytes, LimitBytes) = (needed, limit);

    /// <summary>Bytes that would have to be held all together.</summary>
    public long NeededBytes { get; }

    public long LimitBytes { get; }

    private static string Sentence(string what, long needed, long limit) => string.Create(CultureInfo.InvariantCulture,
        $"at least {needed / 1048576.0:0.#} MiB of memory are needed{what} but the limit is {limit / 1048576.0:0.#} MiB; raise --limit-memory, choose a smaller model, or use fewer or shorter demonstrations");
}
