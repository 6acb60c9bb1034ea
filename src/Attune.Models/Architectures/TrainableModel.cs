using Attune.Models.Files;
using Attune.Models.Sites;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures;

/// <summary>A model of which everything is trained: parameters in the place of all its weights, by the names of its checkpoint.</summary>
public sealed class TrainableModel : IDisposable
{
    public TrainableModel(TransformerModel model)
    {
        Model = model;
        Sites = new SiteSet(model, "trained");
        Parameters = TrainedModule.AttachAll(model, Sites);
    }

    public TransformerModel Model { get; }

    /// <summary>To be given to every forward pass: without them the model runs with the weights that it began with.</summary>
    public SiteSet Sites { get; }

    /// <summary>One for each table, map and array; what is tied is there once.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Numbers that are trained.</summary>
    public long Count => Parameters.Sum(p => (long)p.Count);

    /// <summary>The present weights as tensors of a checkpoint; the parameters must live until they are written.</summary>
    public IReadOnlyList<TensorToWrite> Tensors(TensorType type)
    {
        var byName = Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var result = new List<TensorToWrite>();
        foreach (var table in Model.Tables)
            Add(byName[table.Name], [table.Rows, table.Columns]);
        foreach (var map in Model.Linears.Where(l => l.Tied is null))
            if (map.Transposed)
                result.Add(TensorToWrite.FromFloats(map.Name + ".weight", type, [map.Inputs, map.Outputs], Turned(byName[map.Name + ".weight"])));
            else
                Add(byName[map.Name + ".weight"], [map.Outputs, map.Inputs]);
        foreach (var vector in Model.Vectors)
            Add(byName[vector.Name], [.. vector.Shape.Select(n => (long)n)]);
        return result;

        void Add(Parameter p, long[] shape) => result.Add(TensorToWrite.FromFloats(p.Name, type, shape, p.Value.Span.ToArray()));
    }

    public void Dispose()
    {
        foreach (var p in Parameters)
            p.Dispose();
        Model.Dispose();
    }

    private static float[] Turned(Parameter p)
    {
        var result = new float[p.Count];
        for (var row = 0; row < p.Rows; row++)
            for (var column = 0; column < p.Columns; column++)
                result[column * p.Rows + row] = p.Value[row][column];
        return result;
    }
}
