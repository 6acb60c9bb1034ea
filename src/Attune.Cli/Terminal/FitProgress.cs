using System.Diagnostics;
using System.Globalization;

namespace Attune.Cli.Terminal;

/// <summary>How far one fit is: a line that is written over on a terminal, lines from time to time elsewhere.</summary>
internal sealed class FitProgress(Shell shell, string name) : IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(10);

    private readonly StatusLine status = new(shell);
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TimeSpan shown;

    public TimeSpan Elapsed { get; private set; }

    /// <param name="share">From 0 to 1.</param>
    /// <param name="what">What is done now: the step and its loss.</param>
    public void Show(double share, string what)
    {
        var now = clock.Elapsed;
        var left = share is > 0.02 and < 1 && now.TotalSeconds > 2 ? $", {Amounts.Time(now * ((1 - share) / share))} left" : "";
        var line = string.Create(CultureInfo.InvariantCulture, $"{name} {share:P0} {what}{left}");
        if (shell.ShowsBars)
        {
            status.Show(line);
        }
        else if (now - shown > Between)
        {
            shown = now;
            shell.Note(line);
        }
    }

    public void Dispose()
    {
        if (clock.IsRunning)
        {
            clock.Stop();
            Elapsed = clock.Elapsed;
        }
        status.Clear();
    }
}
