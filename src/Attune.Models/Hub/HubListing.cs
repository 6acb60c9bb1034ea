using System.Text.Json;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Models.Hub;

/// <summary>What the hub says of a repository: its commit and its files.</summary>
internal sealed record HubListing(string Commit, IReadOnlyList<HubFile> Files)
{
    private const int MostFiles = 100_000;

    /// <summary>Reads the answer of <c>/api/models/{repository}/revision/{revision}</c>: "sha", and "siblings" with "rfilename" and perhaps "size", "blobId" and "lfs".</summary>
    /// <exception cref="AttuneException">It is something else.</exception>
    public static HubListing Parse(ReadOnlyMemory<byte> json, string where)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 32 });
            var root = document.RootElement;
            var commit = root.TryGetProperty("sha", out var sha) && sha.ValueKind == JsonValueKind.String ? sha.GetString()! : "";
            var siblings = root.GetProperty("siblings");
            if (siblings.GetArrayLength() > MostFiles)
                throw Wrong(where, FormattableString.Invariant($"it lists more than {MostFiles} files"));
            List<HubFile> files = [.. siblings.EnumerateArray().Select(File)];
            if (files.GroupBy(f => f.Path, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
                throw Wrong(where, $"it lists {Shown.Quoted(twice.Key)} twice");
            return new HubListing(commit, files);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Wrong(where, "it is no JSON with a list of files under 'siblings'", e);
        }
    }

    private static HubFile File(JsonElement sibling)
    {
        var name = sibling.GetProperty("rfilename").GetString() ?? throw new FormatException();
        if (sibling.TryGetProperty("lfs", out var lfs) && lfs.ValueKind == JsonValueKind.Object)
            return new HubFile(name, Length(lfs) ?? Length(sibling), FileDigest.Parse(Text(lfs, "sha256") ?? Text(lfs, "oid")));
        return new HubFile(name, Length(sibling), FileDigest.Parse(Text(sibling, "blobId")));
    }

    private static long? Length(JsonElement json) =>
        json.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var bytes) && bytes >= 0 ? bytes : null;

    private static string? Text(JsonElement json, string key) =>
        json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static AttuneException Wrong(string where, string what, Exception? inner = null) =>
        new($"the answer of {where} is not a hub's: {what}; check --endpoint or HF_ENDPOINT", AttuneErrorKind.Work, inner);
}
