namespace Attune.Models;

/// <summary>What a model has been asked to do so far; differences of two readings are the cost of what lay between.</summary>
/// <param name="Calls">Scoring, generating, embedding and training calls.</param>
/// <param name="PromptTokens">Tokens of all prompts and continuations as given, before anything shared is taken out.</param>
/// <param name="ComputedTokens">Tokens that went through the layers.</param>
/// <param name="Flops">Floating-point operations of the matrix products, counted by their shapes.</param>
public readonly record struct EngineCounters(long Calls, long PromptTokens, long ComputedTokens, double Flops)
{
    public static EngineCounters operator +(EngineCounters a, EngineCounters b) =>
        new(a.Calls + b.Calls, a.PromptTokens + b.PromptTokens, a.ComputedTokens + b.ComputedTokens, a.Flops + b.Flops);

    public static EngineCounters operator -(EngineCounters a, EngineCounters b) =>
        new(a.Calls - b.Calls, a.PromptTokens - b.PromptTokens, a.ComputedTokens - b.ComputedTokens, a.Flops - b.Flops);
}
