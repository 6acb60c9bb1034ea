namespace Attune.Evaluation.Metrics;

/// <summary>How chrF is computed.</summary>
/// <param name="CharacterOrder">The longest character n-gram.</param>
/// <param name="WordOrder">The longest word n-gram: 0 for chrF, 2 for chrF++.</param>
/// <param name="Beta">How many times as much recall weighs as precision.</param>
/// <param name="Lowercase">Whether case is ignored.</param>
/// <param name="Whitespace">Whether white space is part of character n-grams.</param>
/// <param name="EpsilonSmoothing">Whether every order counts, with 1e-16 where a side has no n-gram, as the first chrF++ script had it.</param>
public sealed record ChrfOptions(
    int CharacterOrder = 6, int WordOrder = 0, double Beta = 2, bool Lowercase = false, bool Whitespace = false, bool EpsilonSmoothing = false);
