using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Files;

namespace Attune.Models.Verification;

/// <summary>A folder with expected.json and expected.safetensors: what a reference implementation computes with a model.</summary>
internal sealed class GoldenFile : IDisposable
{
    public const string TensorsName = "expected.safetensors", DescriptionName = "expected.json";

    private readonly SafetensorsFile file;
    private readonly JsonObject json;

    /// <exception cref="ModelFileException">The folder holds no golden, or a damaged one.</exception>
    public GoldenFile(string folder)
    {
        var description = Path.Combine(folder, DescriptionName);
        if (!File.Exists(description) || !File.Exists(Path.Combine(folder, TensorsName)))
            throw new ModelFileException($"'{folder}' holds no golden ({DescriptionName} and {TensorsName}); name the folder of one with --golden DIR");
        try
        {
            json = JsonNode.Parse(File.ReadAllText(description))!.AsObject();
            LargestOutput = (double)json["largest_output"]!;
            Kind = (string)json["kind"]!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or ArgumentNullException or FormatException)
        {
            throw new ModelFileException($"'{description}' is no description of a golden with 'kind' and 'largest_output' ({e.Message})", e);
        }
        file = SafetensorsFile.Open(Path.Combine(folder, TensorsName));
    }

    public string Kind { get; }

    public double LargestOutput { get; }

    /// <summary>2e-5 × max(1, largest output): what another order of summation in float32 explains.</summary>
    public double Tolerance => 2e-5 * Math.Max(1, LargestOutput);

    public IEnumerable<string> Names => file.Tensors.Keys;

    public IReadOnlyDictionary<string, double> GradientNorms => json["gradient_norms"] is JsonObject norms ? norms.ToDictionary(n => n.Key, n => (double)n.Value!) : new Dictionary<string, double>();

    public bool Has(string name) => file.Tensors.ContainsKey(name);

    public int[] Shape(string name) => [.. Get(name).Info.Shape.Select(s => checked((int)s))];

    public float[] Floats(string name) => Get(name).ToFloat32();

    public int[] Integers(string name) => [.. Get(name).ToInt64().Select(v => checked((int)v))];

    /// <summary>The real tokens of each row of a padded pair of tensors, and their columns.</summary>
    public IReadOnlyList<(int[] Ids, int[] Columns)> Rows(string ids, string mask)
    {
        var (shape, values) = (Shape(ids), Integers(ids));
        var real = Has(mask) ? Integers(mask) : [.. Enumerable.Repeat(1, values.Length)];
        return [.. Enumerable.Range(0, shape[0]).Select(r =>
        {
            var columns = Enumerable.Range(0, shape[1]).Where(c => real[r * shape[1] + c] == 1).ToArray();
            return (columns.Select(c => values[r * shape[1] + c]).ToArray(), columns);
        })];
    }

    public void Dispose() => file.Dispose();

    private StoredTensor Get(string name) => file.Tensors.TryGetValue(name, out var tensor) ? tensor
        : throw new ModelFileException($"'{file.Path}' lacks the tensor '{name}', which goldens of the kind '{Kind}' have; make it again");
}
