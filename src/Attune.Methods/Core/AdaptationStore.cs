using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Tensors;

namespace Attune.Methods;

/// <summary>Adaptations as folders: adaptation.json, tensors.safetensors, and whatever format the world has for a part of it.</summary>
public static class AdaptationStore
{
    public const string FileName = "adaptation.json";
    public const string TensorsName = "tensors.safetensors";
    private const int FormatVersion = 1;

    private static readonly Dictionary<string, MethodInfo> Loaders = typeof(AdaptationStore).Assembly.GetTypes()
        .Where(t => t.IsSubclassOf(typeof(Intervention)) && !t.IsAbstract)
        .ToDictionary(t => t.Name, t => t.GetMethod("Load", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [typeof(JsonObject), typeof(TensorBag)])
            ?? throw new InvalidOperationException($"{t.Name} has no static Load(JsonObject, TensorBag)"), StringComparer.Ordinal);

    /// <summary>Writes the adaptation; returns its bytes. The folder is made whole before it takes its name.</summary>
    public static long Save(Adaptation adaptation, string folder)
    {
        var staging = folder.TrimEnd(Path.DirectorySeparatorChar) + ".partial";
        if (Directory.Exists(staging))
            Directory.Delete(staging, recursive: true);
        Directory.CreateDirectory(staging);
        var bag = new TensorBag();
        var interventions = new JsonArray();
        foreach (var intervention in adaptation.Interventions)
        {
            var description = intervention.Save(bag);
            description.Insert(0, "kind", intervention.GetType().Name);
            interventions.Add(description);
        }
        var json = new JsonObject
        {
            ["format"] = FormatVersion,
            ["task"] = adaptation.Task.ToJson(),
            ["task-name"] = adaptation.Task.Name,
            ["provenance"] = JsonSerializer.SerializeToNode(adaptation.Provenance),
            ["notes"] = new JsonArray([.. adaptation.Notes.Select(n => (JsonNode)n)]),
            ["interventions"] = interventions,
        };
        if (!bag.IsEmpty)
            bag.Write(Path.Combine(staging, TensorsName));
        File.WriteAllText(Path.Combine(staging, FileName), json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
        foreach (var intervention in adaptation.Interventions.OfType<IExportable>())
            intervention.Export(staging, adaptation);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.Move(staging, folder);
        return new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
    }

    /// <exception cref="AttuneException">The folder holds no adaptation, or one that this version cannot read.</exception>
    public static Adaptation Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new AttuneException($"'{folder}' holds no {FileName}; give the folder of a fitted adaptation");
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            if ((int?)json["format"] != FormatVersion)
                throw new AttuneException($"'{path}' has format {json["format"]}, this version reads {FormatVersion}; fit it again");
            var tensors = Path.Combine(folder, TensorsName);
            var bag = File.Exists(tensors) ? TensorBag.Read(tensors) : new TensorBag();
            var task = TaskSpec.FromJson(JsonSerializer.SerializeToElement(json["task"]), (string)json["task-name"]!);
            return new Adaptation(task, [.. json["interventions"]!.AsArray().Select(i => LoadOne(i!.AsObject(), bag))], json["provenance"].Deserialize<Provenance>()!)
            {
                Notes = [.. json["notes"]!.AsArray().Select(n => (string)n!)],
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException or ArgumentException or OverflowException)
        {
            throw new AttuneException($"'{path}' is damaged ({e.Message}); fit the adaptation again", AttuneErrorKind.Request, e);
        }
    }

    private static Intervention LoadOne(JsonObject description, TensorBag bag)
    {
        var kind = (string)description["kind"]!;
        // What version 0.1 called its only adapter.
        if (kind == "LoraAdapter")
            return Adapters.AdapterIntervention.LoadFormer(description, bag);
        if (!Loaders.TryGetValue(kind, out var load))
            throw new AttuneException($"the adaptation has an intervention '{kind}' that this version does not know; use a newer version");
        try
        {
            return (Intervention)load.Invoke(null, [description, bag])!;
        }
        catch (TargetInvocationException e) when (e.InnerException is not null)
        {
            throw e.InnerException;
        }
    }
}
