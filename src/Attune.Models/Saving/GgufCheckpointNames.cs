using Attune.Models.Architectures;

namespace Attune.Models.Saving;

/// <summary>GGUF names back to those of a checkpoint.</summary>
internal static class GgufCheckpointNames
{
    private const string Block = "blk.";

    /// <summary>The checkpoint's name of a GGUF tensor; null where it is none of the architecture's.</summary>
    public static string? CheckpointNameOf(this GgufArchitecture architecture, string tensor)
    {
        var end = tensor.LastIndexOf('.');
        if (end < 0)
            return null;
        var (stem, kind) = (tensor[..end], tensor[end..]);
        if (!stem.StartsWith(Block, StringComparison.Ordinal))
            return Find(architecture.Parts, stem) is { } whole ? whole + kind : null;
        var rest = stem[Block.Length..];
        var dot = rest.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && Find(architecture.LayerParts, rest[(dot + 1)..]) is { } part ? $"{architecture.Layers}{rest[..dot]}.{part}{kind}" : null;
    }

    private static string? Find(IReadOnlyList<(string HuggingFace, string Gguf)> parts, string name) =>
        parts.Where(p => p.Gguf == name).Select(p => p.HuggingFace).FirstOrDefault();
}
