using System.Text.Json;

namespace Attune.Tests.Tensors;

/// <summary>One case of fixtures/operations: its tensors by name (x0, w.ids, y64, gy, gx0, …) and its options.</summary>
internal sealed record OperationGolden(string Operation, string Case, JsonElement Attributes, double Float32Error, IReadOnlyDictionary<string, GoldenTensor> Tensors)
{
    /// <summary>What the engine gives beside its first output, by number; filled when the operation is applied.</summary>
    public Dictionary<int, float[]> Others { get; } = [];

    public GoldenTensor this[string name] => Tensors[name];

    public GoldenTensor[] Inputs => Enumerable.Range(0, 16).Select(i => Tensors.GetValueOrDefault($"x{i}")).OfType<GoldenTensor>().ToArray();

    public double Number(string name, double fallback) => Attributes.TryGetProperty(name, out var v) ? v.GetDouble() : fallback;

    /// <summary>A list of whole numbers, or one of them <paramref name="times"/> times, as torch takes both.</summary>
    public int[] Whole(string name, int times = 1, int fallback = 0) =>
        !Attributes.TryGetProperty(name, out var v) ? [.. Enumerable.Repeat(fallback, times)]
            : v.ValueKind == JsonValueKind.Array ? [.. v.EnumerateArray().Select(e => e.GetInt32())] : [.. Enumerable.Repeat(v.GetInt32(), times)];

    public string Text(string name, string fallback) => Attributes.TryGetProperty(name, out var v) ? v.ToString() : fallback;

    public bool Flag(string name) => Attributes.TryGetProperty(name, out var v) && v.GetBoolean();

    /// <summary>The same case with the axes of every tensor of that many axes put into another order.</summary>
    public OperationGolden Permute(params int[] order) => this with
    {
        Tensors = Tensors.ToDictionary(t => t.Key, t => t.Value.Shape.Length == order.Length ? Permute(t.Value, order) : t.Value),
    };

    public static IEnumerable<(string Operation, string Case)> Names(string folder) =>
        Cases(folder).Select(c => (c.GetProperty("operation").GetString()!, c.GetProperty("case").GetString()!));

    public static OperationGolden Read(string folder, string operation, string name)
    {
        var entry = Cases(folder).First(c => c.GetProperty("operation").GetString() == operation && c.GetProperty("case").GetString() == name);
        var tensors = SafetensorsForTests.Read(Path.Combine(folder, entry.GetProperty("file").GetString()!));
        var own = tensors.Where(t => t.Key.StartsWith(name + ".", StringComparison.Ordinal)).ToDictionary(t => t.Key[(name.Length + 1)..], t => t.Value);
        var error = entry.TryGetProperty("float32_error", out var e) && e.ValueKind == JsonValueKind.Number ? e.GetDouble() : 0;
        return new OperationGolden(operation, name, entry.GetProperty("attributes"), error, own);
    }

    private static List<JsonElement> Cases(string folder)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        return json.RootElement.GetProperty("cases").EnumerateArray().Select(c => c.Clone()).ToList();
    }

    private static GoldenTensor Permute(GoldenTensor t, int[] order)
    {
        var shape = order.Select(a => t.Shape[a]).ToArray();
        var strides = new int[t.Shape.Length];
        for (int a = strides.Length - 1, s = 1; a >= 0; s *= t.Shape[a--])
            strides[a] = s;
        var values = new float[t.Values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (rest, from) = (i, 0);
            for (var a = shape.Length - 1; a >= 0; rest /= shape[a--])
                from += rest % shape[a] * strides[order[a]];
            values[i] = t.Values[from];
        }
        return new GoldenTensor(shape, values);
    }
}
