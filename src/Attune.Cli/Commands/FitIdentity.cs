using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Methods;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>All that a fit depends on, kept beside it: the same command again finds its work done, and another is refused.</summary>
internal sealed class FitIdentity(
    PlannedMethod method, string dataHash, string? modelHash, string? encoderHash, ShotSpec shots, bool natural, int seed, Precision precision, OverflowPolicy overflow)
{
    private const string FileName = "fit.json";

    /// <summary>Whether the folder holds this fit.</summary>
    /// <exception cref="AttuneException">The folder holds something else; the message names what differs.</exception>
    public bool IsIn(string folder)
    {
        if (File.Exists(folder))
            throw new AttuneException($"'{folder}' is a file; give a folder with -o DIR");
        if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any())
            return false;
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new AttuneException($"'{folder}' holds other files; give another folder with -o DIR");
        var there = Read(path);
        var mine = ToJson();
        var other = mine.FirstOrDefault(p => there[p.Key]?.ToJsonString() != p.Value?.ToJsonString()).Key;
        return other is null || !File.Exists(Path.Combine(folder, AdaptationStore.FileName)) ? other is null
            : throw new AttuneException($"'{folder}' holds a fit with another {other} ({there[other]?.ToJsonString() ?? "none"}, now {mine[other]?.ToJsonString() ?? "none"}); give another folder with -o DIR, or remove this one");
    }

    public void Write(string folder)
    {
        var text = JsonText.Write(ToJson(), indented: true) + "\n";
        File.WriteAllText(Path.Combine(folder, FileName), text);
    }

    private JsonObject ToJson() => new()
    {
        ["method"] = method.Method.Card.Name,
        ["options"] = JsonNode.Parse(OptionsJson.Write(method.Options)),
        ["data"] = dataHash,
        ["model"] = modelHash,
        ["encoder"] = encoderHash,
        ["shots"] = shots.ToString(),
        ["natural"] = natural,
        ["seed"] = seed,
        ["precision"] = precision.ToString(),
        ["on-overflow"] = overflow.ToString(),
    };

    private static JsonObject Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
