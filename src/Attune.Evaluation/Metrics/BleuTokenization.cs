namespace Attune.Evaluation.Metrics;

/// <summary>How BLEU cuts text into tokens, with sacreBLEU's names.</summary>
public enum BleuTokenization
{
    /// <summary>"13a", of mteval-v13a: ASCII punctuation apart, full stop and comma kept between digits. The default.</summary>
    Mteval13a,

    /// <summary>"intl", of mteval-v14: punctuation and symbols of all scripts apart.</summary>
    International,

    /// <summary>"char": each code point is a token.</summary>
    Characters,

    /// <summary>"none": white space separates tokens.</summary>
    None,
}
