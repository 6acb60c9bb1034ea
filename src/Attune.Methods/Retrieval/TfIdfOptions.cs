namespace Attune.Methods.Retrieval;

/// <summary>Options of <see cref="TfIdf"/>.</summary>
public sealed record TfIdfOptions
{
    /// <summary>1 + ln tf in place of tf.</summary>
    public bool Sublinear { get; init; }

    /// <summary>Count pairs of neighbouring words too.</summary>
    public bool Bigrams { get; init; }

    /// <summary>Leave out terms of fewer documents.</summary>
    public int LeastDocuments { get; init; } = 1;

    /// <summary>Words left out before pairs are formed.</summary>
    public IReadOnlyCollection<string> StopWords { get; init; } = [];
}
