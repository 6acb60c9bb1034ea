namespace Attune.Reproductions;

/// <summary>Verdicts and scales in words.</summary>
public static class VerdictText
{
    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Held => "held",
        Verdict.NotHeld => "not held",
        Verdict.NotTestable => "not testable here",
        _ => "ran (smoke)",
    };

    public static string Of(RunScale scale) => scale switch
    {
        RunScale.Smoke => "smoke",
        RunScale.Small => "small",
        _ => "full",
    };

    /// <summary>How many claims got which verdict: "2 held, 1 not testable here".</summary>
    public static string Counts(IReadOnlyList<Finding> findings) => findings.Count == 0 ? "no claims" : string.Join(
        ", ", findings.GroupBy(f => f.Verdict).OrderBy(g => g.Key).Select(g => FormattableString.Invariant($"{g.Count()} {Of(g.Key)}")));
}
