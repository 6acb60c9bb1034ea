namespace Attune.Models.Architectures;

/// <summary>What the parts of a block with plain attention and two maps of a feed-forward layer are called behind the block's prefix; BERT's names where nothing else is said.</summary>
internal sealed record BlockNames
{
    public string Query { get; init; } = "attention.self.query";
    public string Key { get; init; } = "attention.self.key";
    public string Value { get; init; } = "attention.self.value";
    public string Output { get; init; } = "attention.output.dense";

    /// <summary>The norm before attention, or behind its sum.</summary>
    public string MixerNorm { get; init; } = "attention.output.LayerNorm";

    public string Up { get; init; } = "intermediate.dense";
    public string Down { get; init; } = "output.dense";

    /// <summary>The norm before the feed-forward layer, or behind its sum.</summary>
    public string FeedNorm { get; init; } = "output.LayerNorm";
}
