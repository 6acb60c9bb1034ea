namespace Attune.Methods;

/// <summary>What a method needs to see of a model.</summary>
public enum ModelView
{
    /// <summary>No model: the labels alone.</summary>
    None,

    /// <summary>The black box: scores of texts.</summary>
    Text,

    /// <summary>The white box: hidden states, gradients, sites.</summary>
    Transformer,

    /// <summary>A sentence encoder.</summary>
    Encoder,
}
