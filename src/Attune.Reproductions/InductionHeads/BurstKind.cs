namespace Attune.Reproductions.InductionHeads;

/// <summary>Which sequences are drawn.</summary>
public enum BurstKind
{
    /// <summary>The mixture that the setting describes.</summary>
    Training,

    /// <summary>IC: classes that were never seen, with labels by chance; only the context tells.</summary>
    Novel,

    /// <summary>IC2: trained classes whose label in the context is the next one; the context's label counts as right.</summary>
    Shifted,

    /// <summary>IWL: a context without the target's class and label; only what was learned tells.</summary>
    InWeights,
}
