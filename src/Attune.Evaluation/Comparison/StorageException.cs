using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>Results cannot be written: the comparison ends, where another error would end a cell only.</summary>
internal sealed class StorageException(string message, Exception inner) : AttuneException(message, AttuneErrorKind.Work, inner);
