using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Models.Architectures;

/// <summary>
/// One architecture: which models are of it, and how its blocks stand together. A file of its own; <see cref="ArchitectureCatalog"/> finds it by its being there.
/// </summary>
internal interface IArchitecture
{
    /// <summary>Values of model_type in config.json.</summary>
    IReadOnlyList<string> ModelTypes { get; }

    /// <summary>The model, out of configuration and weights.</summary>
    /// <exception cref="AttuneException">The configuration asks for something that is not known, or weights are missing or misshapen.</exception>
    TransformerModel Create(ArchitectureContext context);

    /// <summary>Whether a tensor of the file may stay unused: buffers that old checkpoints hold.</summary>
    bool IsHarmless(string tensor) => false;

    /// <summary>Its name and tensors in GGUF files; null: not stored so.</summary>
    GgufArchitecture? Gguf => null;

    /// <summary>
    /// With what a model that is trained from nothing begins in one of its arrays, where 0 for biases and a little noise for the others will not do; null: with those.
    /// </summary>
    /// <param name="name">Full name in the checkpoint.</param>
    float[]? InitialValues(ConfigurationJson configuration, string name, IReadOnlyList<int> shape, SeededRandom random) => null;
}
