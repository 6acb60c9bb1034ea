using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Files;

namespace Attune.Models.Hub;

/// <summary>The record of a pull beside the model: where each file came from and which hash it had.</summary>
public sealed class HubRecord
{
    internal const string FileName = "pull.json";

    private readonly Dictionary<string, FileDigest> digests = new(StringComparer.Ordinal);

    private HubRecord()
    {
    }

    /// <summary>File → the hash that the hub announced.</summary>
    public IReadOnlyDictionary<string, FileDigest> Digests => digests;

    /// <summary>The record in a model's folder; null where it was not pulled.</summary>
    /// <exception cref="ModelFileException">The record is damaged.</exception>
    public static HubRecord? Find(string folder)
    {
        var path = Path.Combine(folder, HubFolder.Work, FileName);
        if (!File.Exists(path))
            return null;
        try
        {
            var record = new HubRecord();
            foreach (var (name, file) in JsonNode.Parse(File.ReadAllText(path))!["files"]!.AsObject())
            {
                if (FileDigest.Parse((string?)file!["hash"]) is { } digest && HubPath.Fault(name) is null)
                    record.digests[name] = digest;
            }
            return record;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new ModelFileException($"'{path}' is damaged; pull the model again", e);
        }
    }

    internal static void Write(HubFolder folder, HubReference reference, HubPull pull, Uri endpoint)
    {
        var files = new JsonObject();
        foreach (var (name, digest) in Earlier(folder.Path))
            files[name] = new JsonObject { ["hash"] = digest.Hex };
        foreach (var file in pull.Files)
            files[file.Path] = new JsonObject { ["bytes"] = file.Bytes, ["hash"] = file.Digest?.Hex };
        var json = new JsonObject { ["endpoint"] = endpoint.ToString(), ["repository"] = reference.Repository, ["revision"] = reference.Revision, ["commit"] = pull.Commit, ["files"] = files };
        AtomicFile.Write(folder.Record, json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }

    /// <summary>What earlier pulls recorded; a damaged record is written anew.</summary>
    private static IReadOnlyDictionary<string, FileDigest> Earlier(string folder)
    {
        try
        {
            return Find(folder)?.Digests ?? new Dictionary<string, FileDigest>();
        }
        catch (ModelFileException)
        {
            return new Dictionary<string, FileDigest>();
        }
    }
}
