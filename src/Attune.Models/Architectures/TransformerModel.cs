using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Weights;

namespace Attune.Models.Architectures;

/// <summary>
/// The white box: a model's weights, which nobody changes, and its forward pass with sites. One class for each architecture,
/// written once for inference and training: what differs is whether the graph records.
/// </summary>
public abstract class TransformerModel(ModuleBuilder modules) : IDisposable
{

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

    /// <summary>Why nothing can hang on a site of this architecture; null where it can.</summary>
    public string? WhyNot(SiteKind site) => Sites.Contains(site) ? null
        : $"a model of the architecture {Architecture} has no {Name(site)} that could be changed; it has {string.Join(", ", Sites.Select(Name))}";

    /// <exception cref="AttuneException">The architecture lacks the site.</exception>
    public void RequireSite(SiteKind site)
    {
        if (WhyNot(site) is { } reason)
            throw new AttuneException(reason);
    }

    /// <summary>Every linear map, in the order of the forward pass; a head that shares the embeddings' weight too.</summary>
    public IReadOnlyList<LinearModule> Linears => modules.Linears;

    /// <summary>Every norm's weight, bias and other small array.</summary>
    public IReadOnlyList<VectorModule> Vectors => modules.Vectors;

    /// <summary>The maps that hidden states depend on: all but those of an encoder's pooler and head.</summary>
    public IEnumerable<LinearModule> StateLinears => modules.StateLinears;

    /// <summary>The vectors that hidden states depend on.</summary>
    public IEnumerable<VectorModule> StateVectors => modules.StateVectors;

    /// <summary>Every table: token embeddings, learned positions.</summary>
    public IReadOnlyList<TableModule> Tables => modules.Tables;

    /// <summary>Numbers in the model.</summary>
    public long ParameterCount => Weights.Sum(w => (long)w.Rows * w.Columns) + Vectors.Sum(v => (long)v.Length);

    /// <summary>Bytes of the weights as held.</summary>
    public long WeightBytes => Weights.Sum(w => w.Bytes) + Vectors.Sum(v => (long)v.Length * sizeof(float));

    private IEnumerable<WeightMatrix> Weights => Tables.Select(t => t.Weight).Concat(Linears.Where(l => l.Tied is null).Select(l => l.Weight));

    private static string Name(SiteKind site) => site == SiteKind.KeysValues ? "keys and values" : site.ToString().ToLowerInvariant();

    /// <summary>
    /// Hidden states after the last norm: [batch.Count, Hidden]. Where segments have a cache, their keys and values are appended to it.
    /// </summary>
    public abstract Tensor Forward(Graph graph, TokenBatch batch, SiteSet? sites);

    public virtual void Dispose()
    {
        foreach (var weight in Weights)
            weight.Dispose();
        foreach (var vector in Vectors)
            vector.Dispose();
        GC.SuppressFinalize(this);
    }
}
