using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>The two factors beside one linear map: y = W·x + B·(scale·A·x), A [r, in], B [out, r] (Hu et al. 2022, equation 3).</summary>
public class LoraFactors : IWeightSite, IMergeable
{
    public LoraFactors(LinearModule module, Parameter a, Parameter b, float scale)
    {
        (Module, A, B, Scale) = (module, a, b, scale);
    }

    /// <summary>Factors of zeros, under PEFT's names.</summary>
    public LoraFactors(LinearModule module, int rank, float scale)
        : this(module, new Parameter(Name(module, "lora_A.weight"), rank, module.Inputs), new Parameter(Name(module, "lora_B.weight"), module.Outputs, rank), scale)
    {
    }

    /// <summary>The adapted map.</summary>
    public LinearModule Module { get; }

    public Parameter A { get; }

    public Parameter B { get; }

    /// <summary>α/r, or α/√r where the adapter is rank-stabilised.</summary>
    public float Scale { get; }

    /// <summary>Bias of B, [1, out], scaled like the product; null: none.</summary>
    public Parameter? BiasB { get; init; }

    /// <summary>What is taken away from the weight beforehand (PiSSA, OLoRA, KaSA): W − Left·Right; null: nothing.</summary>
    public RemovedProduct? Removed { get; init; }

    /// <summary>Dropout on the input while training; null otherwise.</summary>
    public (float Rate, SeededRandom Random)? Dropout { get; set; }

    public virtual Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites)
    {
        var y = Base(graph, x, sites);
        var input = Dropout is { } d && graph.Recording ? graph.Dropout(x, d.Rate, d.Random) : x;
        return graph.Add(y, Beside(graph, input));
    }

    public virtual void Merge(MergedWeights weights)
    {
        using var graph = new Graph(recording: false);
        var w = weights.Of(Module);
        if (BiasB is not null)
            MergeBias(weights);
        graph.Add(Reduced(graph, w), Delta(graph)).Span.CopyTo(w.Span);
    }

    /// <summary>A as [r, in].</summary>
    protected virtual Tensor FactorA(Graph graph) => graph.Use(A);

    /// <summary>B as [out, r].</summary>
    protected virtual Tensor FactorB(Graph graph) => graph.Use(B);

    /// <summary>The part that the factors add, [M, out].</summary>
    protected Tensor Beside(Graph graph, Tensor x)
    {
        // Scaled where it is narrow.
        var y = graph.Product(graph.Scale(graph.Product(x, FactorA(graph)), Scale), FactorB(graph));
        return BiasB is null ? y : graph.AddBias(y, graph.Scale(graph.Use(BiasB), Scale));
    }

    /// <summary>scale·B·A [out, in].</summary>
    protected Tensor Delta(Graph graph) => graph.Product(FactorB(graph), graph.Transpose(graph.Scale(FactorA(graph), Scale)));

    /// <summary>The weight after <see cref="Removed"/>.</summary>
    protected Tensor Reduced(Graph graph, Tensor weight) => Removed is null ? weight : graph.Subtract(weight, Removed.Product(graph));

    /// <summary>The frozen map, after <see cref="Removed"/>.</summary>
    protected Tensor Base(Graph graph, Tensor x, SiteSet sites)
    {
        var y = Module.Base(graph, x, sites);
        return Removed is null ? y : graph.Subtract(y, Removed.Apply(graph, x));
    }

    private static string Name(LinearModule module, string part) => ModuleNames.Prefix + module.Name + "." + part;

    private void MergeBias(MergedWeights weights)
    {
        if (Module.Bias is not { } bias)
            throw new AttuneException($"'{Module.Name}' has no bias, and the adapter's factor has one: it cannot be merged; use it beside the model");
        var b = weights.Of(bias).Span;
        for (var i = 0; i < b.Length; i++)
            b[i] += Scale * BiasB!.Value.Span[i];
    }
}
