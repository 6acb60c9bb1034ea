using System.Diagnostics;

namespace Attune.Cli.Terminal;

/// <summary>One line at the bottom of a terminal that is written over.</summary>
internal sealed class StatusLine(Shell shell)
{
    private const int MillisecondsBetween = 100;

    private readonly Stopwatch since = new();
    private int written;

    /// <summary>Shows the line, at most ten times a second.</summary>
    public void Show(string line, bool always = false)
    {
        if (!shell.ShowsBars || !always && since.IsRunning && since.ElapsedMilliseconds < MillisecondsBetween)
            return;
        since.Restart();
        var width = Width();
        var text = Visible.Line(line);
        text = text.Length < width ? text : text[..(width - 1)];
        shell.Error.Write("\r" + text.PadRight(written));
        written = text.Length;
        shell.Error.Flush();
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (written == 0)
            return;
        shell.Error.Write("\r" + new string(' ', written) + "\r");
        shell.Error.Flush();
        written = 0;
    }

    private static int Width()
    {
        try
        {
            return Math.Max(Console.WindowWidth, 20);
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
