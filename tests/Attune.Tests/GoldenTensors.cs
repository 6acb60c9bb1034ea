using System.Runtime.InteropServices;
using System.Text.Json;

namespace Attune.Tests;

/// <summary>
/// The tensors of a safetensors file as arrays by name. Deliberately apart from the product's own reader, so that a fault there
/// cannot hide one elsewhere. Reads F32, F64, I32, I64 and U8 (and BOOL as bytes).
/// </summary>
public sealed class GoldenTensors
{
    private readonly Dictionary<string, (string Type, int[] Shape, byte[] Bytes)> tensors = new(StringComparer.Ordinal);

    public GoldenTensors(string path)
    {
        var file = File.ReadAllBytes(path);
        var length = (int)BitConverter.ToInt64(file);
        foreach (var entry in JsonElement.Parse(file.AsSpan(8, length)).EnumerateObject().Where(e => e.Name != "__metadata__"))
        {
            var at = entry.Value.GetProperty("data_offsets");
            var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32()).ToArray();
            tensors.Add(entry.Name, (entry.Value.GetProperty("dtype").GetString()!, shape, file[(8 + length + at[0].GetInt32())..(8 + length + at[1].GetInt32())]));
        }
    }

    public IReadOnlyCollection<string> Names => tensors.Keys;

    public bool Has(string name) => tensors.ContainsKey(name);

    public int[] Shape(string name) => tensors[name].Shape;

    public float[] Floats(string name) => Read<float>(name, "F32");

    public double[] Doubles(string name) => Read<double>(name, "F64");

    public int[] Ints(string name) => Read<int>(name, "I32");

    public long[] Longs(string name) => Read<long>(name, "I64");

    public byte[] Bytes(string name) => Read<byte>(name, "U8", "BOOL");

    private T[] Read<T>(string name, params string[] types)
        where T : struct
    {
        var (type, _, bytes) = tensors[name];
        return types.Contains(type) ? MemoryMarshal.Cast<byte, T>(bytes).ToArray()
            : throw new InvalidOperationException($"{name} is {type}, not {string.Join(" or ", types)}");
    }
}
