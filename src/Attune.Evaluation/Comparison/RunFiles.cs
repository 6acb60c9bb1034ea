using System.Text;
using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>Names in a run's folder, and writing that leaves either the old file or the new one.</summary>
internal static class RunFiles
{
    public const string Configuration = "config.json";
    public const string Results = "results.jsonl";
    public const string Summary = "summary.json";
    public const string Predictions = "predictions";
    public const string Adaptations = "adaptations";
    public const string Best = "best";
    public const string BestNote = "best.json";
    public const string Lock = ".lock";
    public const string Partial = ".partial";

    private const int UnixFull = 28;
    private const int WindowsFull = unchecked((int)0x80070070);

    /// <summary>Opens a file for writing: over what is there, or at its end. Tests put a full disk here.</summary>
    public delegate Stream Opener(string path, FileMode mode);

    public static Stream Open(string path, FileMode mode) => new FileStream(path, mode, FileAccess.Write, FileShare.Read);

    /// <summary>Letters, digits and "-_.+" as they are, everything else an underscore.</summary>
    public static string Safe(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+' ? c : '_'));

    public static void WriteWhole(string path, string text, Opener open)
    {
        var partial = path + Partial;
        Guard(path, () =>
        {
            using (var stream = open(partial, FileMode.Create))
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                Flush(stream);
            }
            File.Move(partial, path, overwrite: true);
        });
    }

    /// <summary>To the disk itself, where the stream is a file.</summary>
    public static void Flush(Stream stream)
    {
        if (stream is FileStream file)
            file.Flush(flushToDisk: true);
        else
            stream.Flush();
    }

    /// <summary>Runs what writes; a full disk or a refused file becomes a sentence. What was written before stays.</summary>
    public static void Guard(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = IsFull(e) ? "the disk is full" : e.Message.TrimEnd('.');
            throw new StorageException($"'{path}' cannot be written: {why}; the cells that ended are kept, so make room and give the same command again", e);
        }
    }

    public static bool IsFull(Exception e) => e is IOException && e.HResult == (OperatingSystem.IsWindows() ? WindowsFull : UnixFull);
}
