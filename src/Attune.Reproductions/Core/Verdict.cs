namespace Attune.Reproductions;

/// <summary>What a run says of a claim.</summary>
public enum Verdict
{
    Held,

    NotHeld,

    /// <summary>The scale, or something that is missing here, does not let it be measured.</summary>
    NotTestable,

    /// <summary>It was computed at smoke scale, which says nothing of whether it holds.</summary>
    Ran,
}
