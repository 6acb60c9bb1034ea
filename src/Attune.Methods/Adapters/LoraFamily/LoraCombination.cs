using System.Text.Json.Nodes;
using Attune.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Attune.Methods.Adapters;

/// <summary>
/// Several plain LoRA adapters as one, as PEFT's add_weighted_adapter has it: their factors added, put side by side, or sparsified first (TIES, Yadav et al. 2023; DARE, Yu et al. 2024;
/// magnitude pruning); with "_svd" their whole deltas, of which the largest singular values stay.
/// </summary>
public static class LoraCombination
{
    private const string EndA = ".lora_A.weight", EndB = ".lora_B.weight", Whole = "_svd";

    /// <summary>The names of the ways.</summary>
    public static IReadOnlyList<string> Types { get; } = ["linear", "cat", "svd", "ties", "dare_linear", "dare_ties", "magnitude_prune", "ties_svd", "dare_linear_svd", "dare_ties_svd", "magnitude_prune_svd"];

    /// <param name="adapters">With the same maps; for all but cat and svd of the same ranks.</param>
    /// <param name="weights">One for each; may be negative.</param>
    /// <exception cref="AttuneException">The adapters or options do not go together.</exception>
    public static PeftFolder Of(IReadOnlyList<PeftFolder> adapters, IReadOnlyList<double> weights, LoraCombinationOptions options)
    {
        if (!Types.Contains(options.Type))
            throw new AttuneException($"adapters are not combined by '{options.Type}'; known are {string.Join(", ", Types)}");
        if (adapters.Count == 0 || adapters.Count != weights.Count)
            throw new AttuneException(FormattableString.Invariant($"{adapters.Count} adapters are combined with {weights.Count} weights; give one for each"));
        if (options.Density is not (> 0 and <= 1))
            throw new AttuneException(FormattableString.Invariant($"the density of combined adapters is {options.Density}; it must be above 0 and at most 1"));
        var parts = adapters.Select(Plain).ToArray();
        var names = parts[0].Keys.ToArray();
        if (parts.FirstOrDefault(p => !p.Keys.ToHashSet().SetEquals(names)) is not null)
            throw new AttuneException("the adapters to combine change different maps; combine adapters of one kind");
        var random = new SeededRandom((ulong)options.Seed);
        var tensors = new List<PeftTensor>();
        var ranks = new HashSet<int>();
        foreach (var name in names)
        {
            var (a, b) = Combine([.. parts.Select(p => p[name])], weights, options, random);
            ranks.Add(a.RowCount);
            tensors.Add(Tensor(name + EndA, a));
            tensors.Add(Tensor(name + EndB, b));
        }
        if (ranks.Count > 1)
            throw new AttuneException("the combined adapter would have maps of different ranks; give the rank with an svd");
        return new PeftFolder(Configured(adapters[0], ranks.Single()), tensors) { Path = "the combined adapter" };
    }

    private static JsonObject Configured(PeftFolder first, int rank)
    {
        var json = (JsonObject)first.Configuration.DeepClone();
        (json["r"], json["lora_alpha"], json["use_rslora"]) = (rank, rank, false);
        (json["rank_pattern"], json["alpha_pattern"]) = (new JsonObject(), new JsonObject());
        return json;
    }

    /// <summary>The factors and scale of each map.</summary>
    private static OrderedDictionary<string, Factors> Plain(PeftFolder folder)
    {
        var c = folder.Configuration;
        if (folder.PeftType != "LORA" || AdapterReader.AsNumber(c["lora_alpha"]) is not { } alpha || folder.Tensors.Keys.Any(n => !n.EndsWith(EndA, StringComparison.Ordinal) && !n.EndsWith(EndB, StringComparison.Ordinal)))
            throw new AttuneException($"'{folder.Path}' is no plain LoRA adapter; only those can be combined");
        var result = new OrderedDictionary<string, Factors>(StringComparer.Ordinal);
        foreach (var (name, a) in folder.Tensors.Where(t => t.Key.EndsWith(EndA, StringComparison.Ordinal)))
        {
            var module = name[..^EndA.Length];
            if (!folder.Tensors.TryGetValue(module + EndB, out var b) || a.Shape.Count != 2 || b.Shape.Count != 2 || a.Shape[0] != b.Shape[1])
                throw new AttuneException($"'{folder.Path}' has no two factors for '{module}' that fit together; the adapter is damaged");
            var own = c["alpha_pattern"] is JsonObject patterns && NamePattern.First(patterns.Where(p => p.Value is not null).Select(p => KeyValuePair.Create(p.Key, p.Value!)), module) is { } found ? AdapterReader.AsNumber(found) ?? alpha : alpha;
            var rank = a.Shape[0];
            var stabilised = c["use_rslora"] is JsonValue v && v.TryGetValue<bool>(out var on) && on;
            result.Add(module, new Factors(Matrix(a), Matrix(b), stabilised ? own / Math.Sqrt(rank) : own / rank));
        }
        return result;
    }

    private static (Matrix<double> A, Matrix<double> B) Combine(IReadOnlyList<Factors> parts, IReadOnlyList<double> weights, LoraCombinationOptions options, SeededRandom random)
    {
        double[] scales = [.. parts.Select((p, i) => weights[i] * p.Scale)];
        if (options.Type == "cat")
            return (parts.Select((p, i) => p.A * scales[i]).Aggregate((x, y) => x.Stack(y)), parts.Select(p => p.B).Aggregate((x, y) => x.Append(y)));
        if (options.Type == "svd" || options.Type.EndsWith(Whole, StringComparison.Ordinal))
        {
            var delta = LoraMixing.Of(options.Type == "svd" ? "linear" : options.Type[..^Whole.Length], [.. parts.Select(p => p.B * p.A)], scales, options, random);
            var svd = delta.Svd(computeVectors: true);
            var rank = Math.Min(options.SvdRank ?? parts.Max(p => p.A.RowCount), svd.S.Count);
            return (svd.VT.SubMatrix(0, rank, 0, delta.ColumnCount), Matrix<double>.Build.Dense(delta.RowCount, rank, (i, k) => svd.U[i, k] * svd.S[k]));
        }
        if (parts.Any(p => p.A.RowCount != parts[0].A.RowCount))
            throw new AttuneException($"adapters of different ranks cannot be combined by {options.Type}; choose cat or an svd");
        // The sign goes to one side only, or two negative ones would cancel.
        double[] left = [.. scales.Select(s => Math.Sqrt(Math.Abs(s)) * (s >= 0 ? 1 : -1))], right = [.. scales.Select(s => Math.Sqrt(Math.Abs(s)))];
        return (LoraMixing.Of(options.Type, [.. parts.Select(p => p.A)], left, options, random), LoraMixing.Of(options.Type, [.. parts.Select(p => p.B)], right, options, random));
    }

    private static Matrix<double> Matrix(PeftTensor tensor)
    {
        var values = tensor.Floats.ToArray();
        return Matrix<double>.Build.Dense(tensor.Shape[0], tensor.Shape[1], (i, j) => values[i * tensor.Shape[1] + j]);
    }

    private static PeftTensor Tensor(string name, Matrix<double> m) =>
        PeftTensor.Of(name, [m.RowCount, m.ColumnCount], [.. Enumerable.Range(0, m.RowCount * m.ColumnCount).Select(i => (float)m[i / m.ColumnCount, i % m.ColumnCount])]);

    private sealed record Factors(Matrix<double> A, Matrix<double> B, double Scale);
}
