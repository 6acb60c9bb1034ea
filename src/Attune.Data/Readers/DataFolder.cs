using System.Text.Json;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Data;

/// <summary>The files of a data set: a folder with task.json, train, dev and test, or a single file.</summary>
/// <param name="Name">The folder's or file's name without its ending.</param>
/// <param name="Task">The content of task.json.</param>
/// <param name="Unused">Data files of the folder that are none of the three, and a task.json beside a single file.</param>
internal sealed record DataFolder(string Name, JsonElement? Task, string Train, string? Dev, string? Test, IReadOnlyList<string> Unused)
{
    private const string TaskFile = "task.json";

    public static DataFolder Find(string path)
    {
        if (Directory.Exists(path))
            return FindIn(path);
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "", TaskFile);
        return new DataFolder(Path.GetFileNameWithoutExtension(path), null, path, null, null, File.Exists(path) && File.Exists(beside) ? [TaskFile] : []);
    }

    private static DataFolder FindIn(string folder)
    {
        var files = Directory.GetFiles(folder)
            .Where(f => RowFiles.Endings.Contains(Path.GetExtension(f).ToLowerInvariant()) && Path.GetFileName(f) != TaskFile)
            .Order(StringComparer.Ordinal).ToList();
        var train = One(files, folder, "train");
        if (train is null)
        {
            var others = files.Count == 0 ? "" : $"; it holds {TextList.Quote(files.Select(f => Path.GetFileName(f)))}, one of which can be given by itself";
            throw new AttuneException($"The folder '{folder}' has no file train.jsonl, .json, .csv or .tsv{others}.");
        }

        var dev = One(files, folder, "dev", "valid", "validation");
        var test = One(files, folder, "test");
        var task = Path.Combine(folder, TaskFile);
        return new DataFolder(
            Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
            File.Exists(task) ? ReadTask(task) : null, train, dev, test,
            [.. files.Where(f => f != train && f != dev && f != test).Select(f => Path.GetFileName(f))]);
    }

    private static string? One(List<string> files, string folder, params string[] stems)
    {
        var found = files.Where(f => stems.Contains(Path.GetFileNameWithoutExtension(f))).ToList();
        if (found.Count > 1)
            throw new AttuneException($"The folder '{folder}' has {TextList.Quote(found.Select(f => Path.GetFileName(f)))}; keep one of them.");
        return found.Count == 0 ? null : found[0];
    }

    private static JsonElement ReadTask(string path)
    {
        using var reader = StrictTextReader.Open(path);
        try
        {
            var text = reader.ReadToEnd();
            JsonFile.RequireWholeTexts(System.Text.Encoding.UTF8.GetBytes(text));
            return JsonElement.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new AttuneException(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{path} line {(e.LineNumber ?? 0) + 1}: not JSON, or a key twice; expected one object."), inner: e);
        }
    }
}
