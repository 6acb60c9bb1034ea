using System.Text.RegularExpressions;
using Attune.Models.Saving;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>The folder of a run: whose it is, and what kills left in it.</summary>
internal static partial class RunFolder
{
    /// <summary>Refuses a folder in which something other than a run stands, before anything is written there.</summary>
    /// <exception cref="AttuneException">It is not empty, and no training was begun there.</exception>
    public static void RequireOwn(string folder)
    {
        if (!Directory.Exists(folder) || IsRun(folder))
            return;
        if (Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).FirstOrDefault() is { } found)
            throw new AttuneException($"'{folder}' holds '{found}' and no training that was begun there, so nothing is written to it; give a new folder with -o");
    }

    /// <summary>Refuses a run in which the model's place is taken by files that are not a model's.</summary>
    /// <exception cref="AttuneException">The message names the file.</exception>
    public static void RequireReplaceable(string folder)
    {
        var model = Path.Combine(folder, Pretrainer.ModelFolder);
        var other = File.Exists(model) ? model : OutputFolder.Foreign(model, ["README.md"]) is { } name ? Path.Combine(model, name) : null;
        if (other is not null)
            throw new AttuneException($"'{other}' stands where the trained model is written, and is no file of a model; move it away and give the same command again");
    }

    /// <summary>Removes half-written files and folders of processes that were killed; nobody else may be at work in the run.</summary>
    public static void Sweep(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.partial").Where(f => HalfFile().IsMatch(Path.GetFileName(f))))
            Try(() => File.Delete(file));
        // A kill between two renames leaves the former model under such a name alone; the next one takes its place.
        if (!Directory.Exists(Path.Combine(folder, Pretrainer.ModelFolder)))
            return;
        foreach (var half in Directory.EnumerateDirectories(folder, "*.partial").Where(d => HalfModel().IsMatch(Path.GetFileName(d))))
            Try(() => Directory.Delete(half, recursive: true));
    }

    private static bool IsRun(string folder) => RunLock.IsIn(folder) || PretrainingTokenizer.IsLearnedIn(folder) || CheckpointStore.IsIn(folder);

    private static void Try(Action remove)
    {
        try
        {
            remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is in nobody's way; the next run tries again.
        }
    }

    [GeneratedRegex(@"^(curves\.(html|json)|tokenizer\.(json|txt)|tokenizer_config\.json)\.[0-9]+\.partial$", RegexOptions.CultureInvariant)]
    private static partial Regex HalfFile();

    [GeneratedRegex(@"^model\.[a-z0-9]+\.[a-z0-9]+\.partial$", RegexOptions.CultureInvariant)]
    private static partial Regex HalfModel();
}
