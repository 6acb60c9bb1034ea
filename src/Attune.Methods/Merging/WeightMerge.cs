using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Saving;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Merging;

/// <summary>
/// What hangs on a model's weights as weights. A changed map is y = x·W′ᵀ + b′ whatever its method, so W′ᵀ = f(I) − f(0) and b′ = f(0) for the identity I,
/// row by row; that it is such a map is tried on random rows first.
/// </summary>
public static class WeightMerge
{
    private const int Together = 128;
    private const int Probes = 4;

    /// <summary>Relative error that rounding explains.</summary>
    private const double Tolerance = 1e-4;

    /// <summary>The tensors that differ from the model's, by their names in a checkpoint; their numbers are computed when they are asked for.</summary>
    /// <exception cref="AttuneException">Something acts elsewhere than in the weights, or is no weight.</exception>
    public static IReadOnlyList<TensorChange> Of(SiteSet sites, TransformerModel model)
    {
        if (sites.HasBesideWeights)
            throw new AttuneException("the adaptation acts on more than weights (activations, prefixes or scores), which no file of weights can hold; use it beside the model");
        var changes = new OrderedDictionary<string, TensorChange>(StringComparer.Ordinal);
        foreach (var module in model.Linears.Where(sites.Has))
            AddMap(changes, module, sites);
        foreach (var table in model.Tables.Where(sites.Has))
        {
            changes[table.Name] = new TensorChange(table.Name, [table.Rows, table.Columns], () => Rows(table, sites));
            // A head that shared the table keeps its own numbers.
            foreach (var head in model.Linears.Where(l => l.Tied == table && !sites.Has(l)))
                changes[head.Name + ".weight"] = new TensorChange(head.Name + ".weight", [head.Outputs, head.Inputs], () => Frozen(head));
        }
        foreach (var vector in model.Vectors.Where(v => sites.Has(v) && !changes.ContainsKey(v.Name)))
            changes[vector.Name] = new TensorChange(vector.Name, [vector.Length], () => Vector(vector, sites));
        return changes.Count > 0 ? [.. changes.Values] : throw new AttuneException("the adaptation changes no weight of this model, so there is nothing to merge");
    }

    /// <summary>
    /// What merging an adapter of PEFT's kinds gives. Tables that a head shares are the exception: PEFT changes both with one, and here each keeps its own, as it
    /// is while the adapter hangs on the model.
    /// </summary>
    /// <param name="merged">Lives until the changes are written.</param>
    public static IReadOnlyList<TensorChange> Of(MergedWeights merged, SiteSet sites, TransformerModel model)
    {
        var changes = new OrderedDictionary<string, TensorChange>(StringComparer.Ordinal);
        foreach (var module in model.Linears)
        {
            if (module.Tied is not null)
                AddTied(changes, module, sites);
            else if (merged.Changed(module) is { } weight)
                changes[module.Name + ".weight"] = new TensorChange(module.Name + ".weight", module.Transposed ? [module.Inputs, module.Outputs] : [module.Outputs, module.Inputs],
                    () => module.Transposed ? Transposed(weight.Value) : weight.Value.Span.ToArray());
        }
        foreach (var table in model.Tables.Where(t => !model.Linears.Any(l => l.Tied == t)))
            if (merged.Changed(table) is { } rows)
                changes[table.Name] = new TensorChange(table.Name, [table.Rows, table.Columns], () => rows.Value.Span.ToArray());
        foreach (var vector in model.Vectors)
            if (merged.Changed(vector) is { } values)
                changes[vector.Name] = new TensorChange(vector.Name, [vector.Length], () => values.Value.Span.ToArray());
        return changes.Count > 0 ? [.. changes.Values] : throw new AttuneException("the adapter changes no weight of this model, so there is nothing to merge");
    }

    private static void AddTied(OrderedDictionary<string, TensorChange> changes, LinearModule head, SiteSet sites)
    {
        var table = head.Tied!;
        if (sites.Has(table))
            changes[table.Name] = new TensorChange(table.Name, [table.Rows, table.Columns], () => Rows(table, sites));
        if (sites.Has(head))
            AddMap(changes, head, sites);
        else if (sites.Has(table))
            changes[head.Name + ".weight"] = new TensorChange(head.Name + ".weight", [head.Outputs, head.Inputs], () => Frozen(head));
    }

    private static float[] Transposed(Tensor weight)
    {
        var result = new float[weight.Count];
        for (var row = 0; row < weight.Rows; row++)
            for (var column = 0; column < weight.Columns; column++)
                result[column * weight.Rows + row] = weight[row][column];
        return result;
    }

    private static void AddMap(OrderedDictionary<string, TensorChange> changes, LinearModule module, SiteSet sites)
    {
        var bias = Zero(module, sites);
        RequireMap(module, sites, bias);
        changes[module.Name + ".weight"] = new TensorChange(
            module.Name + ".weight", module.Transposed ? [module.Inputs, module.Outputs] : [module.Outputs, module.Inputs], () => Weight(module, sites, bias));
        if (module.Bias is { } own && !own.Value.Span.SequenceEqual(bias))
            changes[own.Name] = new TensorChange(own.Name, [own.Length], () => bias);
        else if (module.Bias is null && bias.AsSpan().ContainsAnyExcept(0f))
            throw new AttuneException($"the adaptation adds a bias to '{module.Name}', which the model has no place for; use it beside the model");
    }

    /// <summary>f(0).</summary>
    private static float[] Zero(LinearModule module, SiteSet sites) => Apply(module, sites, 1, x => x.Span.Clear());

    /// <summary>W′ [outputs, inputs], or its transpose where the checkpoint stores that.</summary>
    private static float[] Weight(LinearModule module, SiteSet sites, float[] bias)
    {
        var (rows, columns) = (module.Outputs, module.Inputs);
        var result = new float[checked(rows * columns)];
        for (var first = 0; first < columns; first += Together)
        {
            var count = Math.Min(Together, columns - first);
            var start = first;
            var y = Apply(module, sites, count, x =>
            {
                x.Span.Clear();
                for (var i = 0; i < count; i++)
                    x[i][start + i] = 1;
            });
            for (var i = 0; i < count; i++)
                for (var o = 0; o < rows; o++)
                    result[module.Transposed ? (start + i) * rows + o : o * columns + start + i] = y[i * rows + o] - bias[o];
        }
        return result;
    }

    /// <summary>f(x) must be x·W′ᵀ + b′: it is on the sum of two rows what it is on each, less b′ once.</summary>
    private static void RequireMap(LinearModule module, SiteSet sites, float[] bias)
    {
        var random = new SeededRandom(1).Fork(module.Name);
        var n = module.Inputs;
        float[] values = [.. Enumerable.Range(0, 2 * Probes * n).Select(_ => (float)random.NextNormal())];
        var parts = Apply(module, sites, 2 * Probes, x => values.CopyTo(x.Span));
        var sums = Apply(module, sites, Probes, x =>
        {
            for (var i = 0; i < Probes * n; i++)
                x.Span[i] = values[i] + values[Probes * n + i];
        });
        for (var i = 0; i < sums.Length; i++)
        {
            var expected = parts[i] + parts[sums.Length + i] - bias[i % module.Outputs];
            if (!(Math.Abs(sums[i] - expected) <= Tolerance * Math.Max(1, Math.Abs(parts[i]) + Math.Abs(parts[sums.Length + i]))))
                throw new AttuneException($"the adaptation does not act on '{module.Name}' as a matrix, so it cannot be merged; use it beside the model");
        }
    }

    private static float[] Apply(LinearModule module, SiteSet sites, int rows, Action<Tensor> fill)
    {
        using var graph = new Graph(recording: false);
        var x = graph.Persistent.Matrix(rows, module.Inputs);
        fill(x);
        return module.Apply(graph, x, sites).Span.ToArray();
    }

    private static float[] Rows(TableModule table, SiteSet sites)
    {
        var result = new float[checked(table.Rows * table.Columns)];
        using var graph = new Graph(recording: false);
        for (var first = 0; first < table.Rows; first += Together)
        {
            graph.Reset();
            int[] ids = [.. Enumerable.Range(first, Math.Min(Together, table.Rows - first))];
            table.Look(graph, ids, sites).Span.CopyTo(result.AsSpan(first * table.Columns));
        }
        return result;
    }

    private static float[] Frozen(LinearModule head)
    {
        var result = new float[checked(head.Outputs * head.Inputs)];
        for (var row = 0; row < head.Outputs; row++)
            head.Weight.ReadRow(row, result.AsSpan(row * head.Inputs, head.Inputs));
        return result;
    }

    private static float[] Vector(VectorModule vector, SiteSet sites)
    {
        using var graph = new Graph(recording: false);
        return vector.Apply(graph, sites).Span.ToArray();
    }
}
