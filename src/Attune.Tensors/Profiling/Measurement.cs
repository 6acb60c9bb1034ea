using System.Diagnostics;

namespace Attune.Tensors;

/// <summary>One call under measurement; its end is its disposal. The default value measures nothing.</summary>
public readonly ref struct Measurement
{
    private readonly Profile? profile;
    private readonly OperationWork work;
    private readonly long started, insideBefore;

    internal Measurement(Profile profile, OperationWork work)
    {
        (this.profile, this.work) = (profile, work);
        insideBefore = profile.BeginInside();
        started = Stopwatch.GetTimestamp();
    }

    public void Dispose()
    {
        if (profile is not null)
            profile.End(work, Stopwatch.GetTimestamp() - started, insideBefore);
    }
}
