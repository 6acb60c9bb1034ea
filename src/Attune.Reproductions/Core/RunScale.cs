namespace Attune.Reproductions;

/// <summary>How much is run.</summary>
public enum RunScale
{
    /// <summary>Seconds: shows that it runs, and what must hold at any scale. No claim is ever called held by it.</summary>
    Smoke,

    /// <summary>Minutes.</summary>
    Small,

    /// <summary>What the claims need.</summary>
    Full,
}
