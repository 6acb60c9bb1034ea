using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Attune.Tests.Tensors;

/// <summary>A tensor of a golden: shape and values; integers and booleans as float32 too, which holds those of goldens exactly.</summary>
internal sealed record GoldenTensor(int[] Shape, float[] Values)
{
    public int Columns => Shape.Length == 0 ? 1 : Shape[^1];

    public int Rows => Shape.Length == 0 ? 1 : Shape[..^1].Aggregate(1, (a, b) => a * b);

    public int[] Integers => Array.ConvertAll(Values, v => (int)v);
}

/// <summary>Reads a whole .safetensors file, independently of the engine's own reader.</summary>
internal static class SafetensorsForTests
{
    public static Dictionary<string, GoldenTensor> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var header = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        using var json = JsonDocument.Parse(bytes.AsMemory(8, header));
        var result = new Dictionary<string, GoldenTensor>();
        foreach (var entry in json.RootElement.EnumerateObject().Where(e => e.Name != "__metadata__"))
        {
            var offsets = entry.Value.GetProperty("data_offsets");
            int start = offsets[0].GetInt32(), end = offsets[1].GetInt32();
            var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32()).ToArray();
            result[entry.Name] = new GoldenTensor(shape, Values(entry.Value.GetProperty("dtype").GetString()!, bytes.AsSpan(8 + header + start, end - start)));
        }
        return result;
    }

    private static float[] Values(string type, ReadOnlySpan<byte> bytes) => type switch
    {
        "F32" => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
        "I32" => Array.ConvertAll(MemoryMarshal.Cast<byte, int>(bytes).ToArray(), v => (float)v),
        "I64" => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), v => (float)v),
        "U8" or "BOOL" => Array.ConvertAll(bytes.ToArray(), v => (float)v),
        _ => throw new InvalidDataException($"dtype {type} is not read by the tests"),
    };
}
