namespace Attune.Tensors;

/// <summary>
/// Time, operations and bytes by kind of operation, of what the thread that starts it computes until it is disposed. Every operation measures itself in a
/// line; where no profile runs that costs a comparison and allocates nothing.
/// </summary>
/// <remarks>A new operation begins with <c>using var _ = Profile.Measure(…)</c> and gives its gradient rule's work by <c>Operation.BackwardWork</c>.</remarks>
public sealed class Profile : IDisposable
{
    private static readonly int Numbers = Enum.GetValues<NumberKind>().Length;
    private static int running;
    [ThreadStatic] private static Profile? own;

    private readonly OperationTotal[] totals = new OperationTotal[Enum.GetValues<OperationKind>().Length * Numbers];
    private long inside;

    private Profile()
    {
    }

    /// <summary>Whether this thread's operations are measured.</summary>
    public static bool IsRunning => running != 0 && own is not null;

    /// <summary>What was measured so far, in the order of the kinds; kinds without a call are left out.</summary>
    public IReadOnlyList<OperationTotal> Totals => [.. totals.Where(t => t.Calls > 0)];

    /// <exception cref="InvalidOperationException">This thread has a running profile.</exception>
    public static Profile Start()
    {
        if (own is not null)
            throw new InvalidOperationException("a profile of this thread is running; dispose it first");
        own = new Profile();
        Interlocked.Increment(ref running);
        return own;
    }

    /// <summary>Measures from here to the disposal of the result.</summary>
    /// <param name="operations">See <see cref="OperationWork.Operations"/>.</param>
    /// <param name="bytes">See <see cref="OperationWork.Bytes"/>.</param>
    public static Measurement Measure(OperationKind kind, long operations, long bytes, NumberKind numbers = NumberKind.Float32) =>
        running == 0 ? default : Begin(new OperationWork(kind, operations, bytes, numbers));

    /// <inheritdoc cref="Measure(OperationKind, long, long, NumberKind)"/>
    internal static Measurement Measure(OperationWork work) => running == 0 ? default : Begin(work);

    public void Dispose()
    {
        if (own != this)
            return;
        own = null;
        Interlocked.Decrement(ref running);
    }

    /// <summary>An operation begins: what was measured inside the one around it is put aside.</summary>
    internal long BeginInside()
    {
        var before = inside;
        inside = 0;
        return before;
    }

    internal void End(OperationWork work, long ticks, long insideBefore)
    {
        ref var total = ref totals[(int)work.Kind * Numbers + (int)work.Operations.Numbers];
        total = new OperationTotal(work.Kind, work.Operations.Numbers, total.Calls + 1, total.Ticks + ticks - inside, total.Operations + work.Operations, total.Bytes + work.Bytes);
        inside = insideBefore + ticks;
    }

    private static Measurement Begin(OperationWork work) => own is { } profile ? new Measurement(profile, work) : default;
}
