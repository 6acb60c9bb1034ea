namespace Attune.Evaluation.Statistics;

/// <summary>What a test holds against "no difference", of b − a.</summary>
public enum Alternative
{
    /// <summary>b differs from a.</summary>
    TwoSided,

    /// <summary>b lies above a.</summary>
    Greater,

    /// <summary>b lies below a.</summary>
    Less,
}
