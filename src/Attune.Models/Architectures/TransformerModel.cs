using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures;

/// <summary>
/// The white box: a model's weights, which nobody changes, and its forward pass with sites. One class for each architecture,
/// written once for inference and training: what differs is whether the graph records.
/// </summary>
public abstract class TransformerModel : IDisposable
{
    private readonly List<LinearModule> linears = [];
    private readonly List<VectorModule> vectors = [];

    /// <summary>The architecture's name, as config.json or GGUF has it.</summary>
    public abstract string Architecture { get; }

    public abstract int Layers { get; }

    /// <summary>Width of the residual stream.</summary>
    public abstract int Hidden { get; }

    public abstract int Heads { get; }

    public abstract int KvHeads { get; }

    public abstract int HeadDim { get; }

    public abstract int Vocabulary { get; }

    /// <summary>Longest sequence that the model was made for, in tokens.</summary>
    public abstract int ContextLength { get; }

    /// <summary>Sites that this architecture has.</summary>
    public abstract IReadOnlyList<SiteKind> Sites { get; }

    /// <summary>Every linear map, in the order of the forward pass.</summary>
    public IReadOnlyList<LinearModule> Linears => linears;

    /// <summary>Every norm's weight and bias.</summary>
    public IReadOnlyList<VectorModule> Vectors => vectors;

    /// <summary>Numbers in the model.</summary>
    public virtual long ParameterCount => linears.Sum(l => (long)l.Inputs * l.Outputs) + vectors.Sum(v => (long)v.Length);

    /// <summary>Bytes of the weights as held.</summary>
    public virtual long WeightBytes => linears.Sum(l => l.Weight.Bytes) + vectors.Sum(v => (long)v.Length * sizeof(float));

    /// <summary>
    /// Hidden states after the last norm: [batch.Count, Hidden]. Where segments have a cache, their keys and values are appended to it.
    /// </summary>
    public abstract Tensor Forward(Graph graph, TokenBatch batch, SiteSet? sites);

    public virtual void Dispose()
    {
        foreach (var linear in linears)
            linear.Weight.Dispose();
        foreach (var vector in vectors)
            vector.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Applies what hangs at an activation point.</summary>
    protected static Tensor At(Graph graph, ActivationPoint point, int layer, Tensor value, TokenBatch batch, SiteSet? sites)
    {
        if (sites?.At(point, layer) is { } list)
            foreach (var site in list)
                value = site.Apply(graph, value, batch);
        return value;
    }

    protected LinearModule AddLinear(IWeightSource source, string name, int layer, int outputs, int inputs, bool bias)
    {
        var vector = bias ? AddVector(source, name + ".bias", outputs) : null;
        var module = new LinearModule(name, linears.Count, layer, source.Matrix(name + ".weight", outputs, inputs), vector);
        linears.Add(module);
        return module;
    }

    /// <summary>
    /// Keeps a map's input from being rounded to bytes in <see cref="Precision.Fast"/>: those of key and value and the head's, which decide more than
    /// their share of work.
    /// </summary>
    protected static LinearModule WithoutBytes(LinearModule module)
    {
        module.Weight.WithoutBytes = true;
        return module;
    }

    protected VectorModule AddVector(IWeightSource source, string name, int length)
    {
        var module = new VectorModule(name, vectors.Count, source.Vector(name, length));
        vectors.Add(module);
        return module;
    }
}
