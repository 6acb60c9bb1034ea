using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Attune.Cli.Bench;

/// <summary>A peer's program: started, fed, read, and ended with us.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process process;
    private readonly string name;
    private readonly Queue<string> lastErrors = [];

    private PeerProcess(Process process, string name)
    {
        (this.process, this.name) = (process, name);
        // Read aside, so that a talkative program never waits for us.
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
    }

    public TextWriter Input => process.StandardInput;

    /// <exception cref="PeerException">The program cannot be started.</exception>
    public static PeerProcess Start(string program, IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            StandardOutputEncoding = Encoding.UTF8, StandardErrorEncoding = Encoding.UTF8, StandardInputEncoding = new UTF8Encoding(false),
        };
        foreach (var argument in arguments)
            info.ArgumentList.Add(argument);
        try
        {
            return new PeerProcess(Process.Start(info)!, Path.GetFileName(program));
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw new PeerException($"{Path.GetFileName(program)} cannot be started: {e.Message}", e);
        }
    }

    /// <summary>Runs a program to its end; what it wrote to standard output.</summary>
    /// <exception cref="PeerException">It cannot be started, or ends with another code than 0.</exception>
    public static string Run(string program, IEnumerable<string> arguments, CancellationToken cancel)
    {
        using var running = Start(program, arguments);
        using var stop = cancel.Register(running.Kill);
        running.Input.Close();
        var output = running.process.StandardOutput.ReadToEnd();
        running.process.WaitForExit();
        cancel.ThrowIfCancellationRequested();
        return running.process.ExitCode == 0 ? output : throw running.Ended();
    }

    /// <summary>The next line of standard output.</summary>
    /// <exception cref="PeerException">There is none: the program has ended.</exception>
    public string ReadLine(CancellationToken cancel)
    {
        using var stop = cancel.Register(Kill);
        var line = process.StandardOutput.ReadLine();
        cancel.ThrowIfCancellationRequested();
        if (line is not null)
            return line;
        process.WaitForExit();
        throw Ended();
    }

    public void Dispose()
    {
        Kill();
        process.Dispose();
    }

    private void Kill()
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended between the question and the call.
        }
    }

    private PeerException Ended()
    {
        lock (lastErrors)
            return new PeerException(string.Create(CultureInfo.InvariantCulture, $"{name} ended with code {process.ExitCode}{(lastErrors.Count > 0 ? ": " + string.Join(" ", lastErrors) : "")}"));
    }

    private void Keep(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        lock (lastErrors)
        {
            lastErrors.Enqueue(line.Trim());
            if (lastErrors.Count > 2)
                lastErrors.Dequeue();
        }
    }
}
