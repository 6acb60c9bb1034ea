using Attune.Models.Architectures.Blocks;
using Attune.Tensors.Weights;

namespace Attune.Models.Architectures;

/// <summary>Takes a model's weights from a source, one by one in the order of the forward pass, and lists them as modules.</summary>
public sealed class ModuleBuilder
{
    private readonly IWeightSource source;
    private readonly Func<string, string> rename;
    private readonly List<LinearModule> linears;
    private readonly List<VectorModule> vectors;
    private readonly List<TableModule> tables;
    private (int Linears, int Vectors)? beforeHeads;

    public ModuleBuilder(IWeightSource source) => (this.source, rename, linears, vectors, tables) = (source, n => n, [], [], []);

    /// <summary>The same lists for a part of a model that has other names there than alone.</summary>
    /// <param name="rename">From the part's own full names to those of the checkpoint.</param>
    internal ModuleBuilder(ModuleBuilder whole, Func<string, string> rename) =>
        (source, this.rename, linears, vectors, tables) = (whole.source, n => whole.rename(rename(n)), whole.linears, whole.vectors, whole.tables);

    /// <summary>The maps that hidden states depend on: those taken before <see cref="BeginHeads"/>, or all.</summary>
    internal IEnumerable<LinearModule> StateLinears => linears.Take(beforeHeads?.Linears ?? linears.Count);

    /// <summary>The vectors that hidden states depend on.</summary>
    internal IEnumerable<VectorModule> StateVectors => vectors.Take(beforeHeads?.Vectors ?? vectors.Count);

    public IReadOnlyList<LinearModule> Linears => linears;

    public IReadOnlyList<VectorModule> Vectors => vectors;

    public IReadOnlyList<TableModule> Tables => tables;

    /// <summary>Whether the source has a tensor of this full name.</summary>
    public bool Has(string name) => source.Has(rename(name));

    /// <summary>Whether a head that the model's class names can be taken: the source has this tensor of it, or gives whatever is asked for.</summary>
    internal bool HasHead(string name) => source.IsNew || Has(name);

    /// <summary>Says that what is taken from here on is read behind the hidden states.</summary>
    internal void BeginHeads() => beforeHeads = (linears.Count, vectors.Count);

    /// <summary>The linear map <paramref name="name"/>.weight [outputs, inputs], with <paramref name="name"/>.bias if it has one.</summary>
    /// <param name="transposed">The weight is stored as [inputs, outputs].</param>
    public LinearModule Linear(string name, int layer, int outputs, int inputs, bool bias, bool transposed = false)
    {
        var weight = source.Matrix(rename(name + ".weight"), outputs, inputs, transposed);
        var vector = bias ? Vector(name + ".bias", outputs) : null;
        return Add(new LinearModule(Stem(name), linears.Count, layer, weight, vector) { Transposed = transposed });
    }

    /// <summary>
    /// The map from hidden states to scores. Tied, it shares the table of embeddings, unless the source has a weight of its own that differs.
    /// </summary>
    /// <param name="biasName">Full name of the bias, where it is not called as the map is.</param>
    public LinearModule Head(string name, TableModule table, bool tied, bool bias = false, string? biasName = null)
    {
        var weight = tied ? OwnOf(name, table) : source.Matrix(rename(name + ".weight"), table.Rows, table.Columns);
        var vector = bias ? Vector(biasName ?? name + ".bias", table.Rows) : null;
        return Add(new LinearModule(Stem(name), linears.Count, -1, weight ?? table.Weight, vector) { Tied = weight is null ? table : null });
    }

    /// <summary>The weight of a tied head that the source has all the same and that differs from the table.</summary>
    private WeightMatrix? OwnOf(string name, TableModule table)
    {
        if (!Has(name + ".weight"))
            return null;
        var own = source.Matrix(rename(name + ".weight"), table.Rows, table.Columns);
        if (!own.ValuesEqual(table.Weight))
            return own;
        own.Dispose();
        return null;
    }

    /// <summary>The table of that full name, [rows, columns].</summary>
    public TableModule Table(string name, int rows, int columns)
    {
        var table = new TableModule(rename(name), tables.Count, source.Matrix(rename(name), rows, columns));
        tables.Add(table);
        return table;
    }

    /// <summary>The array of that full name; with several axes it is [first, all others].</summary>
    public VectorModule Vector(string name, params int[] shape) => Add(rename(name), source.Values(rename(name), shape), shape);

    /// <summary>A root-mean-square norm with <paramref name="name"/>.weight.</summary>
    /// <param name="offset">Added to the weight: 1 in Gemma.</param>
    public NormModule RmsNorm(string name, int size, double epsilon, float offset = 0) =>
        new(NormWeight(name, size, offset), null, (float)epsilon) { IsRms = true, Offset = offset };

    /// <summary>A layer norm with <paramref name="name"/>.weight and, if it has one, <paramref name="name"/>.bias.</summary>
    public NormModule LayerNorm(string name, int size, double epsilon, bool bias = true)
    {
        var weight = NormWeight(name, size, offset: 0);
        return new(weight, bias ? Vector(name + ".bias", size) : null, (float)epsilon);
    }

    private VectorModule NormWeight(string name, int size, float offset) => Add(rename(name + ".weight"), source.Norm(rename(name + ".weight"), size, offset), [size]);

    private VectorModule Add(string name, float[] values, int[] shape)
    {
        var vector = new VectorModule(name, vectors.Count, values, shape);
        vectors.Add(vector);
        return vector;
    }

    /// <summary>A map's name in the checkpoint.</summary>
    private string Stem(string name) => rename(name + ".weight")[..^".weight".Length];

    private LinearModule Add(LinearModule module)
    {
        linears.Add(module);
        return module;
    }
}
