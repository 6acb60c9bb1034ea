using System.Diagnostics;
using System.Globalization;

namespace Attune.Cli.Terminal;

/// <summary>Says how far the loading of a model is, where it lasts: a slow disk, a large file.</summary>
/// <param name="patience">Silence at first.</param>
internal sealed class LoadProgress(Shell shell, string model, TimeSpan patience) : IDisposable
{
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(2);

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly StatusLine status = new(shell);
    private bool said;

    /// <param name="share">From 0 to 1.</param>
    public void Show(double share)
    {
        if (clock.Elapsed < patience)
            return;
        var line = string.Create(CultureInfo.InvariantCulture, $"loading {Path.GetFileName(Path.TrimEndingDirectorySeparator(model))}: {share * 100:0}%");
        if (shell.ShowsBars)
            status.Show(line);
        else if (!said)
            shell.Note(line + " after " + Amounts.Time(clock.Elapsed));
        said = true;
    }

    public void Dispose() => status.Clear();
}
