using System.Diagnostics;
using System.Globalization;
using Attune.Models.Hub;

namespace Attune.Cli.Terminal;

/// <summary>How far a pull is: bytes, rate over the last seconds, time left. A line that is written over on a terminal, lines from time to time elsewhere.</summary>
internal sealed class PullProgress(Shell shell) : IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(10), Window = TimeSpan.FromSeconds(8), Step = TimeSpan.FromSeconds(0.2);

    private readonly StatusLine status = new(shell);
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Queue<(TimeSpan Time, long Received)> past = new([(TimeSpan.Zero, 0)]);
    private TimeSpan shown, noted;

    public void Show(HubProgress progress)
    {
        var now = clock.Elapsed;
        if (now - noted >= Step)
        {
            noted = now;
            past.Enqueue((now, progress.Received));
            while (past.Count > 2 && now - past.Peek().Time > Window)
                past.Dequeue();
        }
        if (shell.ShowsBars)
        {
            status.Show(Line(progress, Rate(now, progress.Received)));
        }
        else if (now - shown > Between)
        {
            shown = now;
            shell.Note(Line(progress, Rate(now, progress.Received)));
        }
    }

    /// <summary>"model.safetensors 43% of 256.6 MiB, 11.2 MiB/s, 13 s left".</summary>
    /// <param name="rate">Bytes a second; 0 where it is not known yet.</param>
    public static string Line(HubProgress progress, double rate)
    {
        var share = progress.Total > 0 ? string.Create(CultureInfo.InvariantCulture, $" {100.0 * progress.Done / progress.Total:0}% of {Amounts.Bytes(progress.Total)}") : "";
        var speed = rate > 0 ? $", {Amounts.Bytes((long)rate)}/s" : "";
        var left = rate > 0 && progress.Done < progress.Total ? $", {Amounts.Time(TimeSpan.FromSeconds(Math.Min(1e8, (progress.Total - progress.Done) / rate)))} left" : "";
        return $"{progress.File}{share}{speed}{left}";
    }

    public void Dispose() => status.Clear();

    private double Rate(TimeSpan now, long received)
    {
        var (time, before) = past.Peek();
        var seconds = (now - time).TotalSeconds;
        return seconds > 0.5 ? (received - before) / seconds : 0;
    }
}
