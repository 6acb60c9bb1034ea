namespace Attune.Reproductions;

/// <summary>Tells how many runs of a sweep have ended; may be called from several threads.</summary>
/// <param name="count">Runs in all.</param>
/// <param name="what">What they are: "nets".</param>
public sealed class SweepProgress(ReproductionContext context, int count, string what)
{
    private readonly Lock gate = new();
    private int done;

    /// <summary>One more run has ended.</summary>
    /// <exception cref="OperationCanceledException">The whole was cancelled.</exception>
    public void Ended()
    {
        lock (gate)
            context.Progress((double)++done / count, FormattableString.Invariant($"{done} of {count} {what}"));
    }
}
