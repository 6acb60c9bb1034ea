namespace Attune.Evaluation.Metrics;

/// <summary>How BLEU is computed.</summary>
/// <param name="Lowercase">Whether case is ignored.</param>
/// <param name="EffectiveOrder">Whether only the orders that the text is long enough for are averaged: for single sentences.</param>
public sealed record BleuOptions(
    BleuTokenization Tokenization = BleuTokenization.Mteval13a,
    BleuSmoothing Smoothing = BleuSmoothing.Exponential,
    bool Lowercase = false,
    bool EffectiveOrder = false);
