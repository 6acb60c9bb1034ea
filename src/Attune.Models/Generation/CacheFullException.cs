using Attune.Tensors;

namespace Attune.Models.Generation;

/// <summary>Every page of the key-value cache is in use by sequences at work: fewer at once may fit, smaller passes would not help.</summary>
internal sealed class CacheFullException(long needed, long limit)
    : MemoryLimitException(" for the keys and values of the sequences at work, for which half of --limit-memory is kept,", needed, limit);
