namespace Attune.Evaluation.Metrics;

/// <summary>How TER prepares text.</summary>
/// <param name="Normalized">Whether ASCII punctuation is split off and XML escapes are undone.</param>
/// <param name="NoPunctuation">Whether . , ? : ; ! " ( ) are removed.</param>
/// <param name="AsianSupport">Whether <paramref name="Normalized"/> and <paramref name="NoPunctuation"/> also cover Chinese and Japanese characters and marks.</param>
/// <param name="CaseSensitive">Whether case counts.</param>
public sealed record TerOptions(bool Normalized = false, bool NoPunctuation = false, bool AsianSupport = false, bool CaseSensitive = false);
