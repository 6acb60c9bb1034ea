namespace Attune.Models.Generation;

/// <summary>What generation gave.</summary>
/// <param name="Ids">Tokens chosen, without the one that ended it.</param>
/// <param name="Text">Their text, cut before a stop string.</param>
/// <param name="Ending">"stop" (an end token or stop string) or "length".</param>
/// <param name="ComputedTokens">Tokens that went through the layers, prompt included.</param>
public sealed record GeneratedText(IReadOnlyList<int> Ids, string Text, string Ending, int ComputedTokens);
