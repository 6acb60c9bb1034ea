using System.Text.Json;
using Attune.Data;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>A task out of a task.json alone, without its rows.</summary>
internal static class TaskFile
{
    /// <exception cref="AttuneException">None was given, or the file holds none.</exception>
    public static TaskSpec Read(string? given)
    {
        if (given is null)
            throw new AttuneException("an adapter that PEFT has saved knows no labels and no template; give its task with --task-file FILE (a task.json, or a folder with one)");
        var path = Directory.Exists(given) ? Path.Combine(given, "task.json") : given;
        if (!File.Exists(path))
            throw new AttuneException($"the task file '{path}' does not exist; check its path");
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            return TaskSpec.FromJson(json.RootElement, Path.GetFileNameWithoutExtension(path));
        }
        catch (JsonException e)
        {
            throw new AttuneException($"'{path}' is not valid JSON ({e.Message})", AttuneErrorKind.Request, e);
        }
    }
}
