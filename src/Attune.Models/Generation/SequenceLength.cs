using Attune.Models.Architectures;
using Attune.Models.Sites;

namespace Attune.Models.Generation;

/// <summary>
/// Lengths where a model's keys depend on how long the whole sequence is (dynamic NTK, LongRoPE): keys of sequences that count differently are kept apart, so that
/// a result does not depend on what is cached.
/// </summary>
internal static class SequenceLength
{
    /// <summary>A number that all sequences have in common whose keys are computed alike; 0 in models whose keys do not depend on a length, and for short sequences.</summary>
    /// <param name="tokens">Positions of the sequence, those of an intervention's prefix included.</param>
    public static int Counted(CausalLanguageModel model, SiteSet? sites, int tokens) =>
        model.LengthThatCounts(tokens > 0 && sites?.PositionMap is { } map ? map(tokens - 1) + 1 : tokens);

    /// <summary>The key under which sequences of a counted length are cached.</summary>
    public static string Key(SiteSet? sites, int counted) => counted == 0 ? sites?.StateKey ?? "" : FormattableString.Invariant($"{sites?.StateKey}{Mark}{counted}");

    /// <summary>Whether a key is that of some length under <paramref name="stateKey"/>.</summary>
    public static bool IsOf(string key, string stateKey) => key == stateKey || key.StartsWith(stateKey + Mark, StringComparison.Ordinal);

    private const string Mark = "\0length ";
}
