using System.Diagnostics;
using System.Globalization;
using Attune.Evaluation.Comparison;

namespace Attune.Cli.Terminal;

/// <summary>How a comparison goes: a bar on a terminal, plain lines from time to time elsewhere.</summary>
internal sealed class CompareProgress(Shell shell) : IComparisonObserver, IDisposable
{
    private const int BarLength = 20;

    private static readonly TimeSpan Between = TimeSpan.FromSeconds(10);

    private readonly StatusLine status = new(shell);
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Dictionary<(string Method, string Shots), TimeSpan> durations = [];
    private TimeSpan cellBegan;
    private TimeSpan lastLine;
    private string cell = "";
    private (string Model, LoadProgress Progress)? loading;

    /// <summary>The run's folder; null until the plan stands.</summary>
    public string? Folder { get; private set; }

    public int Cells { get; private set; }

    public int Done { get; private set; }

    public void Loading(string model, double share)
    {
        if (loading is not { } known || known.Model != model)
        {
            loading?.Progress.Dispose();
            loading = (model, new LoadProgress(shell, model, LoadProgress.DefaultPatience));
        }
        loading.Value.Progress.Show(share);
    }

    public void Planned(string folder, int cells, int alreadyDone)
    {
        loading?.Progress.Dispose();
        (Folder, Cells, Done) = (folder, cells, alreadyDone);
        shell.Note(string.Create(CultureInfo.InvariantCulture, $"{cells} cells{(alreadyDone > 0 ? $", {alreadyDone} of them done before" : "")}; results in {folder}"));
    }

    public void CellStarted(string method, string shots, int seed)
    {
        cell = string.Create(CultureInfo.InvariantCulture, $"{method}, {shots} shots, seed {seed}");
        cellBegan = clock.Elapsed;
        Show(0, "", always: true);
    }

    public void Progress(double share, string what) => Show(share, what, always: false);

    public void CellEnded(CellResult result)
    {
        durations[(result.Method, result.Shots)] = clock.Elapsed - cellBegan;
        Done++;
        if (result.Status == CellStatus.Failed)
            Line($"{cell}: failed: {result.Message}");
        else if (!shell.ShowsBars && (clock.Elapsed - lastLine > Between || Done == Cells))
            Line(string.Create(CultureInfo.InvariantCulture, $"{Done} of {Cells} cells: {cell}{Score(result)}{Left(0)}"));
    }

    public void Warning(string sentence)
    {
        status.Clear();
        shell.Warn(sentence);
    }

    public void Dispose()
    {
        loading?.Progress.Dispose();
        status.Clear();
    }

    private void Line(string text)
    {
        lastLine = clock.Elapsed;
        status.Clear();
        shell.Note(text);
    }

    private void Show(double share, string what, bool always)
    {
        if (!shell.ShowsBars)
        {
            if (what.Length > 0 && clock.Elapsed - lastLine > 3 * Between)
                Line($"{cell}: {what}");
            return;
        }
        var whole = Cells == 0 ? 0 : Math.Clamp((Done + share) / Cells, 0, 1);
        var filled = (int)(whole * BarLength);
        status.Show(string.Create(CultureInfo.InvariantCulture,
            $"{new string('█', filled)}{new string('░', BarLength - filled)} {Done}/{Cells}{Left(share)} · {cell}{(what.Length > 0 ? $": {what}" : "")}"), always);
    }

    private static string Score(CellResult result) => result.Metrics.TryGetValue("accuracy", out var accuracy)
        ? string.Create(CultureInfo.InvariantCulture, $": accuracy {accuracy:0.000}") : "";

    /// <summary>Cells of one method and budget take about as long for every seed; for those not seen yet the mean of the others stands.</summary>
    private string Left(double share)
    {
        if (durations.Count == 0 || Done >= Cells)
            return "";
        var mean = durations.Values.Average(d => d.TotalSeconds);
        var seconds = (Cells - Done - share) * mean;
        return seconds < 1 ? "" : $", about {Amounts.Time(TimeSpan.FromSeconds(seconds))} left";
    }
}
