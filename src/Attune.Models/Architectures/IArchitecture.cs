namespace Attune.Models.Architectures;

/// <summary>
/// One architecture: which models are of it, and how its blocks stand together. A file of its own; <see cref="ArchitectureCatalog"/> finds it by its being there.
/// </summary>
internal interface IArchitecture
{
    /// <summary>Values of model_type in config.json.</summary>
    IReadOnlyList<string> ModelTypes { get; }

    /// <summary>The model, out of configuration and weights.</summary>
    /// <exception cref="Tensors.AttuneException">The configuration asks for something that is not known, or weights are missing or misshapen.</exception>
    TransformerModel Create(ArchitectureContext context);

    /// <summary>Whether a tensor of the file may stay unused: buffers that old checkpoints hold.</summary>
    bool IsHarmless(string tensor) => false;

    /// <summary>Its name and tensors in GGUF files; null: not stored so.</summary>
    GgufArchitecture? Gguf => null;
}
