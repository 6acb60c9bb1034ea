namespace Attune.Models.Tokenizers;

/// <summary>What a tokenizer is made of.</summary>
internal sealed record TokenizerParts(TokenModel Model)
{
    public IReadOnlyList<AddedToken> Added { get; init; } = [];
    public Normalizer? Normalizer { get; init; }
    public PreTokenizer? PreTokenizer { get; init; }
    public PostProcessor PostProcessor { get; init; } = PostProcessor.None;
    public DecoderChain Decoder { get; init; } = DecoderChain.Spaced;
    public SpecialTokens Special { get; init; } = new();
    public TruncationSettings? Truncation { get; init; }
    public PaddingSettings? Padding { get; init; }
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
