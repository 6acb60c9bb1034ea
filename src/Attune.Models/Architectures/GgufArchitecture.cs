using System.Text.Json.Nodes;
using Attune.Models.Files;

namespace Attune.Models.Architectures;

/// <summary>How an architecture stands in GGUF files.</summary>
internal sealed record GgufArchitecture
{
    /// <summary>Value of general.architecture.</summary>
    public required string Name { get; init; }

    /// <summary>Parts of tensor names between "model.layers.N." and ".weight", Hugging Face to GGUF ("self_attn.q_proj" to "attn_q").</summary>
    public required IReadOnlyList<(string HuggingFace, string Gguf)> LayerParts { get; init; }

    /// <summary>Whole names outside layers, without ".weight".</summary>
    public required IReadOnlyList<(string HuggingFace, string Gguf)> Parts { get; init; }

    /// <summary>What stands before a layer's number in Hugging Face's names.</summary>
    public string Layers { get; init; } = "model.layers.";

    /// <summary>The configuration under the names of config.json.</summary>
    public required Func<GgufMetadata, Func<string, bool>, JsonObject> Configuration { get; init; }

    /// <summary>Whether the rows of each head of a map stand in interleaved order in the file (0, d/2, 1, d/2 + 1, …), as llama.cpp writes them for Llama.</summary>
    public Func<string, bool> IsInterleaved { get; init; } = _ => false;

    /// <summary>The GGUF name of a tensor.</summary>
    public string NameOf(string tensor)
    {
        var end = tensor.LastIndexOf('.');
        var (stem, kind) = (tensor[..end], tensor[end..]);
        if (!stem.StartsWith(Layers, StringComparison.Ordinal))
            return Find(Parts, stem) is { } whole ? whole + kind : tensor;
        var rest = stem[Layers.Length..];
        var dot = rest.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && Find(LayerParts, rest[(dot + 1)..]) is { } part ? "blk." + rest[..dot] + "." + part + kind : tensor;
    }

    private static string? Find(IReadOnlyList<(string HuggingFace, string Gguf)> parts, string name)
    {
        foreach (var (from, to) in parts)
            if (from == name)
                return to;
        return null;
    }
}
