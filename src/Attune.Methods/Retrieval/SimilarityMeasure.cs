namespace Attune.Methods.Retrieval;

/// <summary>What makes two vectors near.</summary>
public enum SimilarityMeasure
{
    /// <summary>a·b/(‖a‖‖b‖); 0 with a zero vector.</summary>
    Cosine,

    /// <summary>−‖a − b‖.</summary>
    Euclidean,

    /// <summary>a·b.</summary>
    InnerProduct,
}
