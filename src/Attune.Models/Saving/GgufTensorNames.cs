using Attune.Models.Architectures;
using Attune.Tensors;

namespace Attune.Models.Saving;

/// <summary>Names of tensors between checkpoints and GGUF files.</summary>
public static class GgufTensorNames
{
    /// <summary>What GGUF files call a tensor of a checkpoint, and the architecture.</summary>
    /// <param name="model">The model that has the tensor.</param>
    /// <param name="tensor">"model.layers.0.self_attn.q_proj.weight".</param>
    /// <exception cref="AttuneException">The architecture, or the tensor, has no name there.</exception>
    public static string Of(TransformerModel model, string tensor)
    {
        var gguf = Architecture(model);
        var name = gguf.NameOf(tensor);
        return name != tensor ? name : throw new AttuneException($"GGUF files of '{gguf.Name}' have no name for '{tensor}'; choose another format");
    }

    /// <summary>Value of general.architecture.</summary>
    /// <exception cref="AttuneException">The architecture is not stored in GGUF files.</exception>
    public static string ArchitectureOf(TransformerModel model) => Architecture(model).Name;

    private static GgufArchitecture Architecture(TransformerModel model) =>
        ArchitectureCatalog.All.FirstOrDefault(a => a.Gguf is not null && a.ModelTypes.Contains(model.Architecture))?.Gguf
            ?? throw new AttuneException($"the architecture '{model.Architecture}' has no names in GGUF files; choose another format");
}
