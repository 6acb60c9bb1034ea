using System.Text.Json;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Loading;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Models.Architectures;

/// <summary>A tiny checkpoint and what its class computes from it: a folder of the fixtures' architectures.</summary>
public sealed class ArchitectureGolden
{
    private readonly JsonElement json;

    private ArchitectureGolden(string folder, string configuration)
    {
        (Folder, ConfigurationFile) = (folder, configuration);
        json = GoldenJson.Read(Path.Combine(folder, "expected.json"));
        Tensors = new GoldenTensors(Path.Combine(folder, "expected.safetensors"));
        LargestOutput = json.GetProperty("largest_output").GetDouble();
    }

    public string Folder { get; }

    public string ConfigurationFile { get; }

    public GoldenTensors Tensors { get; }

    public double LargestOutput { get; }

    public string Kind => json.GetProperty("kind").GetString()!;

    /// <summary>2e-5 × max(1, largest output): what float32 may differ by in another order of summation.</summary>
    public double Tolerance => 2e-5 * Math.Max(1, LargestOutput);

    public IReadOnlyDictionary<string, double> GradientNorms => json.GetProperty("gradient_norms").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetDouble());

    /// <summary>Every folder of some kinds with each of its configurations, "folder|file"; one empty name where there is none.</summary>
    public static TheoryData<string> Names(params string[] kinds)
    {
        var data = new TheoryData<string>();
        foreach (var folder in Folders().Where(f => kinds.Contains(KindOf(f))))
            foreach (var file in new[] { "config.json", "config.legacy.json" }.Where(f => File.Exists(Path.Combine(folder, f))))
                data.Add(Path.GetFileName(folder) + "|" + file);
        if (data.Count == 0)
            data.Add("");
        return data;
    }

    public static IEnumerable<string> Folders() => TestFolders.AllFixtures("architectures").SelectMany(Directory.EnumerateDirectories)
        .Where(f => File.Exists(Path.Combine(f, "expected.json"))).Order(StringComparer.Ordinal);

    public static string KindOf(string folder) => GoldenJson.Read(Path.Combine(folder, "expected.json")).GetProperty("kind").GetString()!;

    public static ArchitectureGolden Open(string name)
    {
        Skip.If(name.Length == 0, "there are no goldens of architectures under the fixture folders");
        var parts = name.Split('|');
        var folder = Folders().First(f => Path.GetFileName(f) == parts[0]);
        var type = GoldenJson.Read(Path.Combine(folder, parts[1])).GetProperty("model_type").GetString()!;
        Skip.IfNot(ArchitectureCatalog.All.Any(a => a.ModelTypes.Contains(type)), $"the architecture {type} is not known");
        return new ArchitectureGolden(folder, parts[1]);
    }

    /// <summary>The model as the class computes it: rotary angles that depend on a length by that of the batch, Falcon's biases as the class's plain attention has them.</summary>
    public TransformerModel Load() => ModelLoader.LoadTransformer(Folder, new ModelOptions { RopeLength = RopeLength.Batch, FalconBiasTwice = true }, ConfigurationFile);

    /// <summary>The real tokens of each row of a padded pair of tensors, and their columns.</summary>
    public IReadOnlyList<(int[] Ids, int[] Columns)> Rows(string ids = "input_ids", string mask = "attention_mask")
    {
        var shape = Tensors.Shape(ids);
        var values = Tensors.Ints(ids);
        var real = Tensors.Has(mask) ? Tensors.Ints(mask) : [.. Enumerable.Repeat(1, values.Length)];
        return [.. Enumerable.Range(0, shape[0]).Select(r =>
        {
            var columns = Enumerable.Range(0, shape[1]).Where(c => real[r * shape[1] + c] == 1).ToArray();
            return (columns.Select(c => values[r * shape[1] + c]).ToArray(), columns);
        })];
    }

    /// <summary>The targets of a decoder's rows: logits[t] goes with labels[t + 1].</summary>
    public int[] NextTokens(IReadOnlyList<(int[] Ids, int[] Columns)> rows)
    {
        var labels = Tensors.Ints("labels");
        var width = Tensors.Shape("labels")[1];
        return [.. rows.SelectMany((row, r) => row.Columns.Select((c, i) => i + 1 < row.Columns.Length ? labels[r * width + c + 1] : CrossEntropyOperation.Ignore))];
    }

    /// <summary>Compares rows of a result with the real positions of a golden [B, T, …].</summary>
    public void NearRows(string tensor, Tensor actual, IReadOnlyList<(int[] Ids, int[] Columns)> rows, int firstRow = 0)
    {
        var shape = Tensors.Shape(tensor);
        var golden = Tensors.Floats(tensor);
        var width = shape[^1];
        var at = 0;
        for (var r = 0; r < rows.Count; r++)
            foreach (var column in rows[r].Columns)
                Near($"{tensor}, row {r}, token {column}", golden.AsSpan(((firstRow + r) * shape[^2] + column) * width, width), actual[at++], Tolerance);
    }

    /// <summary>Compares the hidden states of row 0, of which the last is the model's result.</summary>
    /// <param name="result">What the forward pass computed.</param>
    /// <param name="tokens">Of row 0.</param>
    public void NearStates(Probe[] probes, Tensor result, int tokens, int width)
    {
        for (var i = 0; Tensors.Has($"hidden_{i}"); i++)
            Near($"hidden_{i}", Tensors.Floats($"hidden_{i}"), Tensors.Has($"hidden_{i + 1}") ? probes[i].Seen.AsSpan(0, tokens * width) : result.Span[..(tokens * width)], Tolerance);
    }

    /// <summary>|actual − expected| ≤ tolerance everywhere.</summary>
    public void Near(string what, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.True(expected.Length == actual.Length, $"{Folder}, {what}: {actual.Length} numbers for {expected.Length}");
        Note(what, expected, actual, tolerance);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(actual[i] - expected[i]) <= tolerance, FormattableString.Invariant($"{Path.GetFileName(Folder)}, {what} [{i}]: {actual[i]:r} for {expected[i]:r}, tolerance {tolerance:g2}"));
    }

    /// <summary>With ATTUNE_ERRORS set to a file, every comparison's largest error goes there with its tolerance: the table of docs/exactness.md is made of it.</summary>
    private void Note(string what, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        if (Environment.GetEnvironmentVariable("ATTUNE_ERRORS") is not { Length: > 0 } path)
            return;
        var largest = 0.0;
        for (var i = 0; i < expected.Length; i++)
            largest = Math.Max(largest, Math.Abs((double)actual[i] - expected[i]));
        lock (NoteLock)
            File.AppendAllText(path, FormattableString.Invariant($"{Path.GetFileName(Folder)}\t{what}\t{largest:g3}\t{tolerance:g3}\n"));
    }

    private static readonly Lock NoteLock = new();

    /// <summary>Compares the gradients of parameters: those given in full, and the norm of every one.</summary>
    /// <param name="transposed">Names of weights that the checkpoint stores the other way round.</param>
    public void NearGradients(IReadOnlyList<Parameter> parameters, IReadOnlySet<string> transposed)
    {
        var byName = parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        foreach (var (name, norm) in GradientNorms)
        {
            Assert.True(byName.TryGetValue(name, out var parameter), $"{Folder}: no parameter is called {name}");
            var actual = Math.Sqrt(parameter.Gradient.Span.ToArray().Sum(x => (double)x * x));
            Assert.True(Math.Abs(actual - norm) <= 1e-4 * norm + 1e-6, FormattableString.Invariant($"{Path.GetFileName(Folder)}, gradient norm of {name}: {actual:r} for {norm:r}"));
        }
        foreach (var name in Tensors.Names.Where(n => n.StartsWith("grad.", StringComparison.Ordinal)))
        {
            var golden = Tensors.Floats(name);
            var g = byName[name[5..]].Gradient;
            var actual = transposed.Contains(name[5..]) ? [.. Enumerable.Range(0, golden.Length).Select(i => g[i % g.Rows][i / g.Rows])] : g.Span.ToArray();
            Near(name, golden, actual, 1e-5 * Math.Max(1, golden.Max(Math.Abs)));
        }
    }

    /// <summary>Copies what passes a site.</summary>
    public sealed class Probe : ITensorSite
    {
        public float[] Seen { get; private set; } = [];

        /// <summary>One before the first block and one behind each.</summary>
        public static Probe[] OfBlocks(SiteSet sites, int layers)
        {
            var probes = Enumerable.Range(0, layers + 1).Select(_ => new Probe()).ToArray();
            sites.Add(ActivationPoint.BlockInput, 0, probes[0]);
            for (var i = 0; i < layers; i++)
                sites.Add(ActivationPoint.BlockOutput, i, probes[i + 1]);
            return probes;
        }

        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch)
        {
            Seen = value.Span.ToArray();
            return value;
        }
    }
}
