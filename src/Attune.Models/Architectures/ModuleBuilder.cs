using Attune.Models.Architectures.Blocks;

namespace Attune.Models.Architectures;

/// <summary>Takes a model's weights from a source, one by one in the order of the forward pass, and lists them as modules.</summary>
public sealed class ModuleBuilder(IWeightSource source)
{
    private readonly List<LinearModule> linears = [];
    private readonly List<VectorModule> vectors = [];
    private readonly List<TableModule> tables = [];

    public IReadOnlyList<LinearModule> Linears => linears;

    public IReadOnlyList<VectorModule> Vectors => vectors;

    public IReadOnlyList<TableModule> Tables => tables;

    /// <summary>Whether the source has a tensor of this full name.</summary>
    public bool Has(string name) => source.Has(name);

    /// <summary>The linear map <paramref name="name"/>.weight [outputs, inputs], with <paramref name="name"/>.bias if it has one.</summary>
    /// <param name="transposed">The weight is stored as [inputs, outputs].</param>
    public LinearModule Linear(string name, int layer, int outputs, int inputs, bool bias, bool transposed = false)
    {
        var weight = source.Matrix(name + ".weight", outputs, inputs, transposed);
        var vector = bias ? Vector(name + ".bias", outputs) : null;
        return Add(new LinearModule(name, linears.Count, layer, weight, vector) { Transposed = transposed });
    }

    /// <summary>
    /// The map from hidden states to scores. Tied, it shares the table of embeddings, unless the source has a weight of its own that differs.
    /// </summary>
    public LinearModule Head(string name, TableModule table, bool tied, bool bias = false)
    {
        if (!tied)
            return Linear(name, -1, table.Rows, table.Columns, bias);
        var vector = bias ? Vector(name + ".bias", table.Rows) : null;
        if (source.Has(name + ".weight"))
        {
            var own = source.Matrix(name + ".weight", table.Rows, table.Columns);
            if (!own.ValuesEqual(table.Weight))
                return Add(new LinearModule(name, linears.Count, -1, own, vector));
            own.Dispose();
        }
        return Add(new LinearModule(name, linears.Count, -1, table.Weight, vector) { Tied = table });
    }

    /// <summary>The table of that full name, [rows, columns].</summary>
    public TableModule Table(string name, int rows, int columns)
    {
        var table = new TableModule(name, tables.Count, source.Matrix(name, rows, columns));
        tables.Add(table);
        return table;
    }

    /// <summary>The array of that full name; with several axes it is [first, all others].</summary>
    public VectorModule Vector(string name, params int[] shape)
    {
        var vector = new VectorModule(name, vectors.Count, source.Values(name, shape), shape.Length > 1 ? shape[0] : 1);
        vectors.Add(vector);
        return vector;
    }

    /// <summary>A root-mean-square norm with <paramref name="name"/>.weight.</summary>
    /// <param name="offset">Added to the weight: 1 in Gemma.</param>
    public NormModule RmsNorm(string name, int size, double epsilon, float offset = 0) =>
        new(Vector(name + ".weight", size), null, (float)epsilon) { IsRms = true, Offset = offset };

    /// <summary>A layer norm with <paramref name="name"/>.weight and, if it has one, <paramref name="name"/>.bias.</summary>
    public NormModule LayerNorm(string name, int size, double epsilon, bool bias = true)
    {
        var weight = Vector(name + ".weight", size);
        return new(weight, bias ? Vector(name + ".bias", size) : null, (float)epsilon);
    }

    private LinearModule Add(LinearModule module)
    {
        linears.Add(module);
        return module;
    }
}
