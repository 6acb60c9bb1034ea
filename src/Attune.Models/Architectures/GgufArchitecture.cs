using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Models.Files;
using Attune.Models.Loading;

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

    /// <summary>Whether a file under this name is of this architecture, where several share the name; null: it is, unless another's condition holds.</summary>
    public Func<GgufMetadata, bool>? When { get; init; }

    /// <summary>In which row of the file a row of a checkpoint's tensor stands, where llama.cpp's converter changes their order otherwise; null: it does not.</summary>
    public Func<string, ConfigurationJson, Func<long, long>?>? Rows { get; init; }

    /// <summary>What the converter adds to the numbers of a tensor: 1 to Gemma's norms.</summary>
    public Func<string, float> Added { get; init; } = _ => 0;

    /// <summary>Maps that the checkpoint stores as [inputs, outputs] stand in the file as [outputs, inputs].</summary>
    public bool Turned { get; init; }

    /// <summary>Whether a file differs from a checkpoint in names, formats and interleaved rows only, so that it can be made out of the other.</summary>
    public bool IsPlain { get; init; } = true;

    /// <summary>
    /// Where a tensor that stands in the file together with others of its kind (a mixture's experts) is among them; null: it stands alone. Its name has a * in
    /// the place of that number among the parts.
    /// </summary>
    public int? SliceOf(string tensor)
    {
        var stem = tensor[..Math.Max(0, tensor.LastIndexOf('.'))];
        return stem.StartsWith(Layers, StringComparison.Ordinal) && Starred(stem[(stem.IndexOf('.', Layers.Length) + 1)..], out var number) is { } starred && Find(LayerParts, starred) is not null ? number : null;
    }

    /// <summary>The GGUF name of a tensor.</summary>
    public string NameOf(string tensor)
    {
        var end = tensor.LastIndexOf('.');
        var (stem, kind) = (tensor[..end], tensor[end..]);
        if (!stem.StartsWith(Layers, StringComparison.Ordinal))
            return Find(Parts, stem) is { } whole ? whole + kind : tensor;
        var rest = stem[Layers.Length..];
        var dot = rest.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
            return tensor;
        var name = rest[(dot + 1)..];
        var part = Find(LayerParts, name) ?? (Starred(name, out _) is { } starred ? Find(LayerParts, starred) : null);
        return part is null ? tensor : "blk." + rest[..dot] + "." + part + kind;
    }

    /// <summary>A part's name with * for its last number; null where it has none.</summary>
    private static string? Starred(string name, out int number)
    {
        var parts = name.Split('.');
        var at = Array.FindLastIndex(parts, p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        number = at < 0 ? 0 : int.Parse(parts[at], CultureInfo.InvariantCulture);
        if (at < 0)
            return null;
        parts[at] = "*";
        return string.Join('.', parts);
    }

    private static string? Find(IReadOnlyList<(string HuggingFace, string Gguf)> parts, string name)
    {
        foreach (var (from, to) in parts)
            if (from == name)
                return to;
        return null;
    }
}
