namespace Attune.Methods.Learners;

/// <summary>How much a class's covariance is drawn towards a multiple of the unit matrix.</summary>
public enum Shrinkage
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By the share that is given.</summary>
    Fixed,

    /// <summary>By a share estimated for each class on standardised features (Ledoit and Wolf 2004).</summary>
    LedoitWolf,
}
