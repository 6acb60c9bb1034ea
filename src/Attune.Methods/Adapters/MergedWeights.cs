using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>
/// The weights of a model that adapters change, with what they are after merging, by their names in the checkpoint. Every change begins with what
/// those before it left.
/// </summary>
/// <param name="baseName">The name in the checkpoint of a tensor's name in the model, where layers are repeated; by default the same.</param>
public sealed class MergedWeights(Func<string, string>? baseName = null) : IDisposable
{
    private readonly OrderedDictionary<string, Parameter> changed = new(StringComparer.Ordinal);

    /// <summary>Every changed weight, in the model's order of axes: [outputs, inputs] for a map, [1, n] for a vector.</summary>
    public IReadOnlyDictionary<string, Parameter> All => changed;

    /// <summary>The numbers of a map as they are so far [outputs, inputs]; to be changed in place. A tied head's are its table's.</summary>
    public Tensor Of(LinearModule module) => module.Tied is { } table ? Of(table) : Find(NameOf(module), module.Outputs, module.Inputs, module.Weight.ReadRow);

    /// <summary>The numbers of a table [rows, columns].</summary>
    public Tensor Of(TableModule module) => Find(module.Name, module.Rows, module.Columns, module.Weight.ReadRow);

    /// <summary>The numbers of a vector.</summary>
    public Tensor Of(VectorModule module) => Find(module.Name, module.Rows, module.Length / module.Rows, (row, destination) => module.Value[row].CopyTo(destination));

    /// <summary>The merged weight of a map; null: it is unchanged.</summary>
    public Parameter? Changed(LinearModule module) => module.Tied is { } table ? Changed(table) : Get(NameOf(module));

    /// <summary>The merged table; null: it is unchanged.</summary>
    public Parameter? Changed(TableModule module) => Get(module.Name);

    /// <summary>The merged vector; null: it is unchanged.</summary>
    public Parameter? Changed(VectorModule module) => Get(module.Name);

    public void Dispose()
    {
        foreach (var parameter in changed.Values)
            parameter.Dispose();
    }

    private delegate void ReadRow(int row, Span<float> destination);

    private static string NameOf(LinearModule module) => module.Name + ".weight";

    private Parameter? Get(string name) => changed.GetValueOrDefault(baseName?.Invoke(name) ?? name);

    private Tensor Find(string name, int rows, int columns, ReadRow read)
    {
        name = baseName?.Invoke(name) ?? name;
        if (changed.TryGetValue(name, out var known))
            return known.Value;
        var parameter = new Parameter(name, rows, columns);
        for (var row = 0; row < rows; row++)
            read(row, parameter.Value[row]);
        changed.Add(name, parameter);
        return parameter.Value;
    }
}
