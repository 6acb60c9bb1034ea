using System.Text.Json;
using System.Text.Unicode;

namespace Attune.Models.Files;

/// <summary>The <c>weight_map</c> of a <c>model.safetensors.index.json</c>: tensor name → shard file in the same folder.</summary>
internal sealed class SafetensorsIndex
{
    private const long LongestIndex = 32_000_000;

    private readonly Dictionary<string, string> shards = new(StringComparer.Ordinal);

    private SafetensorsIndex(string path) => Path = path;

    public string Path { get; }

    public IReadOnlyDictionary<string, string> ShardOfTensor => shards;

    /// <exception cref="ModelFileException">The index is not JSON, has no weight_map, or names a file outside its folder.</exception>
    public static SafetensorsIndex Read(string path)
    {
        var index = new SafetensorsIndex(path);
        using var file = MappedFile.Open(path);
        if (file.Length > LongestIndex)
            throw index.Broken(FormattableString.Invariant($"is {file.Length} bytes long, more than {LongestIndex}"));
        var json = file.Span(0, (int)file.Length);
        if (!Utf8.IsValid(json))
            throw index.Broken("is not UTF-8");
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 16 });
            index.ReadRoot(ref reader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw index.Broken("is not valid JSON (" + e.Message.TrimEnd('.') + ")", e);
        }
        return index;
    }

    private void ReadRoot(ref Utf8JsonReader reader)
    {
        var found = false;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw Broken("is not a JSON object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("weight_map"u8))
            {
                reader.Skip();
                continue;
            }
            if (found)
                throw Broken("has two weight_maps");
            found = true;
            ReadMap(ref reader);
        }
        while (reader.Read())
            throw Broken("goes on after its object");
        if (shards.Count == 0)
            throw Broken(found ? "names no tensor in its weight_map" : "has no weight_map");
    }

    private void ReadMap(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw Broken("has a weight_map that is no object of tensor names and shards");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                throw Broken($"gives tensor {Shown.Quoted(name)} a shard that is no text");
            var shard = reader.GetString()!;
            if (!IsPlainName(shard))
                throw Broken($"puts tensor {Shown.Quoted(name)} in {Shown.Quoted(shard)}; expected the name of a .safetensors file in the same folder");
            if (!shards.TryAdd(name, shard))
                throw Broken($"names tensor {Shown.Quoted(name)} twice");
        }
    }

    // The same on every system: a backslash or a drive is no way out of the folder on Windows either.
    private static bool IsPlainName(string shard) =>
        shard.EndsWith(".safetensors", StringComparison.Ordinal) && shard.AsSpan().IndexOfAny("/\\:\0") < 0;

    private ModelFileException Broken(string problem, Exception? inner = null) =>
        ModelFileException.In(Path, $"{problem}; download it again", inner);
}
