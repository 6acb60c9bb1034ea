namespace Attune.Training.Pretraining;

/// <summary>
/// Where documents come from. Each is a function of the source and its number alone, so that of a stream nothing but counters need be remembered. The order of calls is:
/// samples for the tokenizer, <see cref="Prepare"/>, then documents. One thread at a time reads documents for training; another may read held-out sets meanwhile.
/// </summary>
public interface IDocumentSource
{
    string Name { get; }

    /// <summary>Changes where the documents would: a hash of the files' content, the options of a generator.</summary>
    string Identity { get; }

    /// <summary>Tokens of the part for training; null: as many as are asked for. Known once prepared.</summary>
    long? Tokens { get; }

    /// <summary>Bytes of memory for the texts that it holds, and for their tokens while these are gathered.</summary>
    long TextBytes => 0;

    /// <summary>A sentence that its user should know: that nothing could be held out. Null: there is nothing to say.</summary>
    string? Remark => null;

    /// <summary>Texts of the part for training from which a tokenizer may be learned, again and again the same.</summary>
    IEnumerable<string> Samples();

    /// <summary>Takes the tokenizer with which all documents are encoded.</summary>
    /// <exception cref="OperationCanceledException">Encoding was stopped.</exception>
    void Prepare(DocumentEncoder encoder, CancellationToken cancel);

    /// <summary>Document <paramref name="number"/>, from 0, of the part for training; one without tokens is passed over.</summary>
    Document Read(long number);

    /// <summary>What training never sees, by which it is measured.</summary>
    IReadOnlyList<HeldOutSet> HeldOut { get; }
}
