using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>
/// Checkpoints in folders step-N. One is written beside and renamed when all of it is on the disk, with the SHA-256 of its files. Those before the last few are removed only where the
/// caller says that a later one is good. So a kill at any moment leaves the former ones as they were.
/// </summary>
internal sealed class CheckpointStore(string folder, int keep, CheckpointStore.Opener? open = null)
{
    private const string Prefix = "step-", Tensors = "state.safetensors", State = "state.json", Sums = "checksums.txt", Partial = ".partial", Damaged = ".damaged";
    private const int UnixFull = 28;
    private const int WindowsFull = unchecked((int)0x80070070);

    private readonly Opener open = open ?? (path => new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16));

    /// <summary>Opens a file for writing. Tests put a full disk here.</summary>
    public delegate Stream Opener(string path);

    /// <summary>The steps of the checkpoints, the newest first.</summary>
    public IReadOnlyList<int> Steps => !Directory.Exists(folder) ? []
        : [.. Directory.EnumerateDirectories(folder, Prefix + "*").Select(d => StepOf(Path.GetFileName(d))).Where(s => s >= 0).OrderDescending()];

    public string FolderOf(int step) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step}"));

    /// <summary>Whether a folder is that of a checkpoint.</summary>
    public static bool IsCheckpoint(string folder) => File.Exists(Path.Combine(folder, Tensors)) && File.Exists(Path.Combine(folder, State));

    /// <summary>Whether checkpoints stand in the folder of a run.</summary>
    public static bool IsIn(string run)
    {
        var folder = FolderIn(run);
        return Directory.Exists(folder) && Directory.EnumerateDirectories(folder, Prefix + "*").Any(d => File.Exists(Path.Combine(d, Sums)));
    }

    /// <summary>Where the checkpoints of a run stand.</summary>
    public static string FolderIn(string run) => Path.Combine(run, "checkpoints");

    /// <summary>The run that a checkpoint is of.</summary>
    public static string RunOf(string checkpoint) => Path.GetFullPath(Path.Combine(checkpoint, "..", ".."));

    /// <summary>The first digits of the SHA-256 of a checkpoint's tensors.</summary>
    public static string HashOf(string checkpoint)
    {
        using var stream = File.OpenRead(Path.Combine(checkpoint, Tensors));
        return Convert.ToHexStringLower(SHA256.HashData(stream))[..16];
    }

    /// <summary>Opens one checkpoint by its folder.</summary>
    /// <exception cref="AttuneException">It is damaged.</exception>
    public static Checkpoint Open(string folder)
    {
        try
        {
            return Read(folder, StepOf(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))));
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw new AttuneException($"the checkpoint '{folder}' is damaged ({e.Message.TrimEnd('.')}); give another", AttuneErrorKind.Request, e);
        }
    }

    /// <summary>Keeps a step; returns its folder. What there is besides stays.</summary>
    /// <exception cref="AttuneException">The disk is full or writing is not allowed; the former checkpoints are as they were.</exception>
    public string Write(int step, IEnumerable<TensorToWrite> tensors, JsonObject state)
    {
        var target = FolderOf(step);
        var staging = target + Partial;
        try
        {
            Remove(staging);
            Directory.CreateDirectory(staging);
            var sums = Hashed(staging, Tensors, stream => SafetensorsWriter.Write(stream, tensors))
                + Hashed(staging, State, stream => stream.Write(Encoding.UTF8.GetBytes(state.ToJsonString())));
            Hashed(staging, Sums, stream => stream.Write(Encoding.UTF8.GetBytes(sums)));
            Remove(target);
            Directory.Move(staging, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What failed before this says why.
            Try(() => Remove(staging), _ => { });
            throw Failed(step, e);
        }
        return target;
    }

    /// <summary>
    /// The newest checkpoint that reads whole; null where there is none at all. Damaged ones that are newer are set aside, so that they take no good one's place.
    /// </summary>
    /// <param name="warn">Told of each that is damaged.</param>
    /// <exception cref="AttuneException">There are checkpoints, and all are damaged.</exception>
    public Checkpoint? Newest(Action<string> warn)
    {
        var steps = Steps;
        for (var i = 0; i < steps.Count; i++)
        {
            try
            {
                var checkpoint = Read(FolderOf(steps[i]), steps[i]);
                foreach (var damaged in steps.Take(i))
                    Try(() => Rename(FolderOf(damaged), Damaged), warn);
                return checkpoint;
            }
            catch (Exception e) when (IsDamage(e))
            {
                var next = i + 1 < steps.Count ? FormattableString.Invariant($"going on from step {steps[i + 1]}") : "there is no other";
                warn($"the checkpoint '{FolderOf(steps[i])}' is damaged ({e.Message.TrimEnd('.')}); {next}");
            }
        }
        return steps.Count == 0 ? null
            : throw new AttuneException($"every checkpoint in '{folder}' is damaged; remove the folder to begin anew", AttuneErrorKind.Work);
    }

    /// <summary>Removes all but the last few checkpoints up to a step that is good, and what was set aside.</summary>
    /// <param name="warn">Told of what cannot be removed; nothing is lost by that but room.</param>
    public void Rotate(int good, Action<string> warn)
    {
        foreach (var step in Steps.Where(s => s <= good).Skip(keep))
            Try(() => RemoveStep(step), warn);
        foreach (var aside in Folders(Damaged))
            Try(() => Remove(aside), warn);
    }

    /// <summary>Removes one checkpoint.</summary>
    /// <param name="warn">Told where it cannot be removed.</param>
    public void Drop(int step, Action<string> warn) => Try(() => RemoveStep(step), warn);

    /// <summary>Removes what a process left that was killed while it wrote or removed a checkpoint.</summary>
    public void Sweep(Action<string> warn)
    {
        foreach (var half in Folders(Partial))
            Try(() => Remove(half), warn);
    }

    private static bool IsDamage(Exception e) => e is AttuneException or IOException or UnauthorizedAccessException or ArgumentException or FormatException;

    private static Checkpoint Read(string path, int step)
    {
        var sums = File.ReadAllLines(Path.Combine(path, Sums)).Where(l => l.Length > 66).ToDictionary(l => l[66..], l => l[..64], StringComparer.Ordinal);
        foreach (var name in (string[])[Tensors, State])
        {
            if (!sums.TryGetValue(name, out var sum))
                throw new FormatException($"{Sums} does not name {name}");
            using var stream = File.OpenRead(Path.Combine(path, name));
            if (!string.Equals(Convert.ToHexStringLower(SHA256.HashData(stream)), sum, StringComparison.Ordinal))
                throw new FormatException($"{name} has another checksum than when it was written");
        }
        return new Checkpoint(path, step, JsonFile.ReadObject(Path.Combine(path, State)), SafetensorsFile.Open(Path.Combine(path, Tensors)));
    }

    private IEnumerable<string> Folders(string ending) => !Directory.Exists(folder) ? []
        : Directory.GetDirectories(folder, Prefix + "*").Where(d => d.EndsWith(ending, StringComparison.Ordinal) && StepOf(Path.GetFileNameWithoutExtension(d)) >= 0);

    /// <summary>Writes a file to the disk itself; returns its line of the checksums.</summary>
    private string Hashed(string staging, string name, Action<Stream> write)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var stream = open(Path.Combine(staging, name)))
        {
            using (var hashing = new HashingStream(stream, hash))
                write(hashing);
            if (stream is FileStream file)
                file.Flush(flushToDisk: true);
            else
                stream.Flush();
        }
        return $"{Convert.ToHexStringLower(hash.GetHashAndReset())}  {name}\n";
    }

    // A kill while files are removed must leave nothing that looks like a checkpoint.
    private void RemoveStep(int step) => Remove(Rename(FolderOf(step), Partial));

    /// <summary>Gives a folder another ending, over what has that name.</summary>
    private static string Rename(string path, string ending)
    {
        Remove(path + ending);
        Directory.Move(path, path + ending);
        return path + ending;
    }

    private AttuneException Failed(int step, Exception e)
    {
        var full = e is IOException && e.HResult == (OperatingSystem.IsWindows() ? WindowsFull : UnixFull);
        var why = full ? "the disk is full" : e.Message.TrimEnd('.');
        var kept = Steps is [var last, ..] ? FormattableString.Invariant($"the checkpoint of step {last} is as it was") : "there is no earlier one";
        return new AttuneException(
            FormattableString.Invariant($"the checkpoint of step {step} cannot be written to '{folder}': {why}; {kept}, so make room and give the same command again"),
            AttuneErrorKind.Work, e);
    }

    private static int StepOf(string name) => int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : -1;

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }

    private static void Try(Action change, Action<string> warn)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn($"an old checkpoint cannot be removed ({e.Message.TrimEnd('.')})");
        }
    }
}
