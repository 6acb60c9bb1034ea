using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>
/// Rows for predicting, read ahead by a thread of their own into a bounded queue: a slow source is answered row by row, a fast one in batches.
/// JSON Lines and plain lines stream; CSV, TSV and JSON lists are read whole, since a quote may reach over lines.
/// </summary>
internal sealed class InputStream : IDisposable
{
    private const int Ahead = 256;

    private static readonly string[] WholeEndings = [".csv", ".tsv", ".json"];

    private readonly BlockingCollection<Row> queue = new(Ahead);
    private readonly CancellationTokenSource stop;
    private readonly string? path;
    private readonly TaskSpec task;
    private readonly TextReader input;

    /// <param name="path">A file; null or "-" for standard input.</param>
    public InputStream(string? path, TaskSpec task, Shell shell)
    {
        (this.path, this.task, input) = (path is null or "-" ? null : path, task, shell.In);
        if (this.path is not null && !File.Exists(this.path))
            throw new AttuneException($"the file '{this.path}' does not exist; check its path");
        stop = CancellationTokenSource.CreateLinkedTokenSource(shell.Cancellation);
        new Thread(Fill) { IsBackground = true, Name = "input" }.Start();
    }

    /// <summary>A row, or why it is bad; nothing follows a bad one.</summary>
    public sealed record Row(int Line, Input? Input, Exception? Fault);

    /// <summary>The rows that are there, one at least and some at most; none at the end.</summary>
    public IReadOnlyList<Row> Take(int most)
    {
        var rows = new List<Row>();
        if (!queue.TryTake(out var first, Timeout.Infinite, stop.Token))
            return rows;
        rows.Add(first);
        while (rows.Count < most && queue.TryTake(out var next))
            rows.Add(next);
        return rows;
    }

    public void Dispose() => stop.Cancel();

    private void Fill()
    {
        try
        {
            var line = 0;
            foreach (var row in path is not null && WholeEndings.Contains(Path.GetExtension(path).ToLowerInvariant()) ? Whole() : Lines())
            {
                line = row.Line;
                queue.Add(row, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for rows any more.
        }
        catch (Exception e)
        {
            queue.TryAdd(new Row(0, null, e), Timeout.Infinite);
        }
        finally
        {
            queue.CompleteAdding();
        }
    }

    private IEnumerable<Row> Whole()
    {
        var number = 0;
        foreach (var input in DataReader.ReadInputs(path!, task))
            yield return new Row(++number, input, null);
    }

    private IEnumerable<Row> Lines()
    {
        using var file = path is null ? null : Utf8Text.Reader(File.OpenRead(path));
        var reader = file ?? input;
        for (var line = 1; ReadLine(reader, line) is { } text; line++)
        {
            if (!string.IsNullOrWhiteSpace(text))
                yield return Parse(line == 1 ? Utf8Text.FirstLine(text) : text, line);
        }
    }

    private string? ReadLine(TextReader reader, int line)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException e)
        {
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"{path ?? "standard input"} line {line} or soon after: not UTF-8; write it again as UTF-8"), AttuneErrorKind.Request, e);
        }
    }

    private Row Parse(string text, int line)
    {
        try
        {
            return new Row(line, DataReader.ParseInput(text, line, task), null);
        }
        catch (AttuneException e)
        {
            // The reader speaks of standard input and of a policy that predicting does not have.
            var reason = e.Message.Split("; mend the row, or ")[0].TrimEnd('.');
            var place = string.Create(CultureInfo.InvariantCulture, $"standard input line {line}: ");
            if (reason.StartsWith(place, StringComparison.Ordinal))
                reason = reason[place.Length..];
            return new Row(line, null, new AttuneException(string.Create(CultureInfo.InvariantCulture, $"{path ?? "standard input"} line {line}: {reason}; mend the row"), e.Kind, e));
        }
    }
}
