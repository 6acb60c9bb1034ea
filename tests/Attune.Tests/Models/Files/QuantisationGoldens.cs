using System.Runtime.InteropServices;
using System.Text.Json;
using Attune.Models.Files;

namespace Attune.Tests.Models.Files;

/// <summary>Goldens/quantisation/blocks.json: blocks that gguf and ggml packed and unpacked.</summary>
internal static class QuantisationGoldens
{
    public static IReadOnlyList<(TensorType Type, byte[] Packed, float[] Values)> Read(string part)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Goldens", "quantisation", "blocks.json")));
        return [.. json.RootElement.GetProperty(part).EnumerateArray().Select(e => (
            Enum.Parse<TensorType>(e.GetProperty("type").GetString()!),
            e.GetProperty("packed").GetBytesFromBase64(),
            MemoryMarshal.Cast<byte, float>(e.GetProperty("values").GetBytesFromBase64()).ToArray()))];
    }

    public static byte[] Bytes(StoredTensor tensor) => Array.ConvertAll(tensor.ToInt64(), v => (byte)v);
}
