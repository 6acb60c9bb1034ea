namespace Attune.Training.Pretraining;

/// <summary>
/// Packs the next step's documents while the present step computes. What is packed depends on the mixture's counters alone, so the order of threads changes nothing.
/// </summary>
internal sealed class StepReader : IDisposable
{
    private readonly Mixture mixture;
    private readonly Func<int, double> done;
    private readonly int context;
    private readonly bool readsPrompt;
    private PackedStep present, coming;
    private int step;
    private readonly int steps;
    private Task? packing;

    /// <param name="first">The step that is read first, from 1.</param>
    /// <param name="done">Share of the steps that are behind when a step begins.</param>
    public StepReader(Mixture mixture, int first, int steps, int parts, int tokensOfPart, int context, bool readsPrompt, Func<int, double> done)
    {
        (this.mixture, this.done, this.context, this.readsPrompt, this.steps, step) = (mixture, done, context, readsPrompt, steps, first);
        (present, coming) = (new PackedStep(parts, tokensOfPart), new PackedStep(parts, tokensOfPart));
        Begin();
    }

    /// <summary>The next step; it is overwritten by the call after the next.</summary>
    public PackedStep Next()
    {
        packing!.GetAwaiter().GetResult();
        (present, coming) = (coming, present);
        step++;
        Begin();
        return present;
    }

    public void Dispose()
    {
        try
        {
            packing?.Wait();
        }
        catch (AggregateException)
        {
            // Nobody will ask for that step.
        }
    }

    private void Begin()
    {
        if (step > steps)
            return;
        var (target, share) = (coming, done(step));
        packing = Task.Run(() => target.Fill(mixture, share, context, readsPrompt));
    }
}
