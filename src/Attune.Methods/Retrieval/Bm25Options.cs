namespace Attune.Methods.Retrieval;

/// <summary>Options of <see cref="Bm25"/>.</summary>
public sealed record Bm25Options
{
    /// <summary>k1: how much a repeated word adds.</summary>
    public double K1 { get; init; } = 1.2;

    /// <summary>b: how much a document's length counts, 0 to 1.</summary>
    public double B { get; init; } = 0.75;

    /// <summary>δ of BM25+ (Lv and Zhai 2011), added for each word that a document has; null is plain BM25.</summary>
    public double? Delta { get; init; }
}
