using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Weights;

/// <summary>The two factors beside one linear map: y = W·x + B·(scale·A·x), A [r, in], B [out, r] (Hu et al. 2022, equation 3).</summary>
public sealed class LoraFactors : IWeightSite
{
    private readonly float scale;

    public LoraFactors(string module, int rank, int inputs, int outputs, float scale)
    {
        (Module, this.scale) = (module, scale);
        A = new Parameter(module + ".lora_A", rank, inputs);
        B = new Parameter(module + ".lora_B", outputs, rank);
    }

    /// <summary>Name of the adapted map.</summary>
    public string Module { get; }

    public Parameter A { get; }

    public Parameter B { get; }

    /// <summary>Dropout on the input while training; null otherwise.</summary>
    public (float Rate, SeededRandom Random)? Dropout { get; set; }

    public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites)
    {
        var y = module.Base(graph, x, sites);
        var input = Dropout is { } d && graph.Recording ? graph.Dropout(x, d.Rate, d.Random) : x;
        // Scaled where it is narrow.
        var narrow = graph.Scale(graph.Product(input, graph.Use(A)), scale);
        return graph.Add(y, graph.Product(narrow, graph.Use(B)));
    }
}
