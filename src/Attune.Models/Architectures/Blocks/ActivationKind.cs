using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>The function between the maps of a feed-forward layer.</summary>
internal enum ActivationKind
{
    Silu,
    Gelu,
    GeluTanh,
    QuickGelu,
    Relu,
    Tanh,
}

internal static class ActivationKinds
{
    /// <summary>The name in config.json, in any of its spellings.</summary>
    public static ActivationKind Parse(string name, string path) => name switch
    {
        "silu" or "swish" => ActivationKind.Silu,
        "gelu" or "gelu_python" => ActivationKind.Gelu,
        "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" or "gelu_accurate" => ActivationKind.GeluTanh,
        "quick_gelu" => ActivationKind.QuickGelu,
        "relu" => ActivationKind.Relu,
        "tanh" => ActivationKind.Tanh,
        _ => throw new ModelFileException($"'{path}' has the activation '{name}', which is not known; known are silu, gelu, gelu_new, quick_gelu, relu and tanh"),
    };

    /// <summary>Refuses a configuration with another function than the only one that an architecture has.</summary>
    public static void Require(ConfigurationJson c, string key, ActivationKind only)
    {
        if (c.OptionalText(key) is { } name && Parse(name, c.Path) != only)
            throw new ModelFileException($"'{c.Path}' has {key} '{name}'; this architecture is known with {only} only");
    }

    public static Tensor Activate(this Graph graph, Tensor x, ActivationKind kind) => kind switch
    {
        ActivationKind.Silu => graph.Silu(x),
        ActivationKind.Gelu => graph.Gelu(x),
        ActivationKind.GeluTanh => graph.Gelu(x, tanh: true),
        ActivationKind.QuickGelu => graph.QuickGelu(x),
        ActivationKind.Relu => graph.Relu(x),
        _ => graph.Tanh(x),
    };
}
