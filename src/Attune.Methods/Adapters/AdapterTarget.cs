using Attune.Models.Architectures;

namespace Attune.Methods.Adapters;

/// <summary>A module of the model that an adapter changes, under the name that the adapter has for it.</summary>
/// <param name="Name">For instance "model.layers.0.self_attn.q_proj", without PEFT's prefix.</param>
public sealed record AdapterTarget(string Name)
{
    /// <summary>Where it is a linear map.</summary>
    public LinearModule? Linear { get; init; }

    /// <summary>Where it is a table of embeddings.</summary>
    public TableModule? Table { get; init; }

    /// <summary>The vector called weight, where it is a norm.</summary>
    public VectorModule? Weight { get; init; }

    /// <summary>The vector called bias, where it has one.</summary>
    public VectorModule? Bias { get; init; }

    /// <summary>The last part of the name: "q_proj".</summary>
    public string Role => Name[(Name.LastIndexOf('.') + 1)..];
}
