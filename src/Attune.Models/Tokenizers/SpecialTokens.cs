namespace Attune.Models.Tokenizers;

/// <summary>The ids of the tokens that have a role, as far as a model has them.</summary>
public sealed record SpecialTokens
{
    public int? Begin { get; init; }
    public int? End { get; init; }
    public int? Pad { get; init; }
    public int? Unknown { get; init; }
    public int? Mask { get; init; }
    public int? Separator { get; init; }
    public int? Class { get; init; }
}
