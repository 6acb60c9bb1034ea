using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Attune.Tests.Tensors;

/// <summary>The goldens of one operation: its lines of the manifest and the tensors of its safetensors file, masks as 0 and 1.</summary>
internal sealed class AttentionGoldens
{
    private readonly Dictionary<string, (int[] Shape, float[] Values)> tensors = [];

    public AttentionGoldens(string folder, string operation)
    {
        Cases = File.ReadLines(Path.Combine(folder, "manifest.json"))
            .Where(line => line.Contains($"\"operation\": \"{operation}\"", StringComparison.Ordinal))
            .Select(line => JsonDocument.Parse(line.Trim().TrimEnd(',')).RootElement)
            .ToList();
        Read(File.ReadAllBytes(Path.Combine(folder, operation + ".safetensors")));
    }

    public IReadOnlyList<JsonElement> Cases { get; }

    public bool Has(string name) => tensors.ContainsKey(name);

    public float[] Values(string name) => tensors[name].Values;

    public int[] Shape(string name) => tensors[name].Shape;

    private void Read(ReadOnlySpan<byte> file)
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using var header = JsonDocument.Parse(file.Slice(8, length).ToArray());
        foreach (var property in header.RootElement.EnumerateObject())
        {
            if (!property.Value.TryGetProperty("dtype", out var type) || type.GetString() is not ("F32" or "U8"))
                continue;
            var offsets = property.Value.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt32()).ToArray();
            var shape = property.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32()).ToArray();
            var bytes = file[(8 + length + offsets[0])..(8 + length + offsets[1])];
            tensors[property.Name] = (shape, type.GetString() == "U8"
                ? Array.ConvertAll(bytes.ToArray(), b => (float)b)
                : MemoryMarshal.Cast<byte, float>(bytes).ToArray());
        }
    }
}
