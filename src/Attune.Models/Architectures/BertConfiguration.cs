namespace Attune.Models.Architectures;

/// <summary>Sizes and constants of a BERT encoder; names as in config.json.</summary>
public sealed record BertConfiguration
{
    public required int HiddenSize { get; init; }
    public required int IntermediateSize { get; init; }
    public required int NumHiddenLayers { get; init; }
    public required int NumAttentionHeads { get; init; }
    public required int VocabSize { get; init; }
    public required int MaxPositionEmbeddings { get; init; }
    public int TypeVocabSize { get; init; } = 2;
    public float LayerNormEps { get; init; } = 1e-12f;
    public bool GeluByTanh { get; init; }
}
