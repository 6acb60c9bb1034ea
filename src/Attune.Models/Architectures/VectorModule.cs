using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures;

/// <summary>A vector of a model (a norm's weight, a bias) under its name in a Hugging Face checkpoint.</summary>
public sealed unsafe class VectorModule : IDisposable
{
    private readonly NativeBuffer values;

    public VectorModule(string name, int index, ReadOnlySpan<float> data)
    {
        (Name, Index, Length) = (name, index, data.Length);
        values = new NativeBuffer((long)data.Length * sizeof(float));
        data.CopyTo(values.FloatSpan);
    }

    public string Name { get; }

    /// <summary>Place in <see cref="TransformerModel.Vectors"/>.</summary>
    public int Index { get; }

    public int Length { get; }

    /// <summary>[1, Length], frozen.</summary>
    public Tensor Value => new(values.Floats, 1, Length);

    public Tensor Apply(Graph graph, SiteSet? sites) =>
        sites?.At(this) is { } site ? site.Vector(graph, this) : Value;

    public void Dispose() => values.Dispose();
}
