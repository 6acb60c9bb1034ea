using System.Globalization;
using Attune.Tensors;

namespace Attune.Data;

/// <summary>What happens to bad rows of one file: the first is an error, or they are kept as a list of sentences.</summary>
internal sealed class RowFaults(string path, BadRows policy)
{
    private readonly List<string> sentences = [];

    public IReadOnlyList<string> Sentences => sentences;

    /// <param name="reason">What is wrong, as a sentence without its end: "'text' is empty; expected a text".</param>
    /// <exception cref="AttuneException">Bad rows are errors.</exception>
    public void Add(int line, string reason)
    {
        var sentence = string.Create(CultureInfo.InvariantCulture, $"{path} line {line}: {reason}");
        if (policy == BadRows.Error)
            throw new AttuneException($"{sentence}; mend the row, or leave bad rows out with --bad-rows skip.");
        sentences.Add(sentence + ".");
    }
}
