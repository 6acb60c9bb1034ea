using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures;

/// <summary>
/// A small array of a model (a norm's weight, a bias, a relative position bias, a state space's decay) under its name in a Hugging Face
/// checkpoint, held in float32: [1, n], or with more axes [first, all others].
/// </summary>
public sealed unsafe class VectorModule : IDisposable
{
    private readonly NativeBuffer values;

    public VectorModule(string name, int index, ReadOnlySpan<float> data, IReadOnlyList<int>? shape = null)
    {
        (Name, Index, Length, Shape, Rows) = (name, index, data.Length, shape ?? [data.Length], shape is [var first, _, ..] ? first : 1);
        values = new NativeBuffer((long)data.Length * sizeof(float));
        data.CopyTo(values.FloatSpan);
    }

    public string Name { get; }

    /// <summary>Place in <see cref="TransformerModel.Vectors"/>.</summary>
    public int Index { get; }

    /// <summary>Numbers in it.</summary>
    public int Length { get; }

    /// <summary>Its axes in the checkpoint; empty: a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>1 for a vector.</summary>
    public int Rows { get; }

    /// <summary>[Rows, Length / Rows], frozen.</summary>
    public Tensor Value => new(values.Floats, Rows, Length / Rows);

    public Tensor Apply(Graph graph, SiteSet? sites) =>
        sites?.At(this) is { } site ? site.Vector(graph, this) : Value;

    public void Dispose() => values.Dispose();
}
