using System.Runtime.InteropServices;

namespace Attune.Cli.Terminal;

/// <summary>
/// Ctrl-C (and SIGTERM): the first one asks the work to stop, the second ends the process at once. A part of the work may be stopped alone,
/// as an answer in a conversation.
/// </summary>
/// <param name="exit">Ends the process with a code.</param>
internal sealed class Interruption(Action<int> exit) : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource whole = new();
    private readonly List<IDisposable> registrations = [];
    private CancellationTokenSource? part;
    private bool waiting;
    private int presses;

    public CancellationToken Token => whole.Token;

    public static Interruption OfProcess()
    {
        var interruption = new Interruption(Environment.Exit);
        interruption.On(PosixSignal.SIGINT, interruption.Press);
        interruption.On(PosixSignal.SIGTERM, interruption.Terminate);
        return interruption;
    }

    /// <summary>What a press of Ctrl-C does.</summary>
    public void Press()
    {
        CancellationTokenSource? stop = null;
        lock (gate)
        {
            if (part is not null && !part.IsCancellationRequested)
                stop = part;
            else if (!waiting && ++presses == 1)
                stop = whole;
        }
        if (stop is null)
        {
            exit(ExitCode.Interrupted);
            return;
        }
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The part ended by itself in between.
        }
    }

    /// <summary>What SIGTERM does: all of the work is to stop, not a part of it.</summary>
    public void Terminate()
    {
        lock (gate)
            part = null;
        Press();
    }

    /// <summary>Runs work that a press stops alone.</summary>
    public void Part(Action<CancellationToken> work)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(whole.Token);
        lock (gate)
            part = source;
        try
        {
            work(source.Token);
        }
        finally
        {
            lock (gate)
                part = null;
        }
    }

    /// <summary>Waits for input, which cannot be stopped: a press meanwhile ends the process at once.</summary>
    public T Waiting<T>(Func<T> wait)
    {
        lock (gate)
            waiting = true;
        try
        {
            return wait();
        }
        finally
        {
            lock (gate)
                waiting = false;
        }
    }

    private void On(PosixSignal signal, Action act) => registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        act();
    }));

    public void Dispose()
    {
        registrations.ForEach(r => r.Dispose());
        whole.Dispose();
    }
}
