using Attune.Tensors;

namespace Attune.Reproductions.Tagging;

/// <summary>
/// The words of the tagging task: two marks, nouns and adjectives by rank, and tokens that no training example has. Ranks follow Zipf's law, p(r) ∝ r^−α for r = 1 … h.
/// Of each 1/ε neighbouring ranks one is ambiguous: whoever draws it for a role gets the noun or the adjective of that rank, each half of the time.
/// </summary>
internal sealed class TaggingVocabulary
{
    public const int Copula = 0, Mask = 1;

    private const int FirstWord = 2;

    private readonly double[] cumulative;
    private readonly bool[] isAmbiguous;

    /// <param name="perClass">Nouns, and adjectives, h.</param>
    /// <param name="zipf">α; 0: all ranks alike.</param>
    /// <param name="ambiguous">ε, the share of ambiguous ranks; 0: none.</param>
    public TaggingVocabulary(int perClass, int unseen, double zipf, double ambiguous, SeededRandom random)
    {
        (PerClass, Unseen) = (perClass, unseen);
        cumulative = new double[perClass];
        var total = 0.0;
        for (var rank = 0; rank < perClass; rank++)
            cumulative[rank] = total += Math.Pow(rank + 1, -zipf);
        isAmbiguous = new bool[perClass];
        var bin = ambiguous > 0 ? (int)Math.Round(1 / ambiguous) : int.MaxValue;
        for (var start = 0; bin <= perClass - start; start += bin)
            isAmbiguous[start + random.Next(bin)] = true;
    }

    /// <summary>h.</summary>
    public int PerClass { get; }

    /// <summary>Tokens that no training example has; they are the last.</summary>
    public int Unseen { get; }

    /// <summary>Tokens that training examples have: the marks and the words.</summary>
    public int Known => FirstWord + 2 * PerClass;

    public int Count => Known + Unseen;

    public int Noun(int rank) => FirstWord + rank;

    public int Adjective(int rank) => FirstWord + PerClass + rank;

    public int UnseenToken(int number) => Known + number;

    /// <summary>Whether a known word is a noun by its class.</summary>
    public bool IsNoun(int token) => token >= FirstWord && token < FirstWord + PerClass;

    public bool IsAmbiguous(int rank) => isAmbiguous[rank];

    /// <summary>Ranks from <paramref name="start"/> on that are ambiguous, or are not.</summary>
    public int[] Ranks(int start, int count, bool ambiguous) => [.. Enumerable.Range(start, count).Where(r => isAmbiguous[r] == ambiguous)];

    /// <summary>A rank from 0 by Zipf's law.</summary>
    public int DrawRank(SeededRandom random)
    {
        var place = Array.BinarySearch(cumulative, random.NextDouble() * cumulative[^1]);
        // A hit stands on the border, which belongs to the rank behind it.
        return Math.Min(place >= 0 ? place + 1 : ~place, PerClass - 1);
    }

    /// <summary>A word for a role, by the law of training.</summary>
    public int Draw(bool asNoun, SeededRandom random)
    {
        var rank = DrawRank(random);
        if (isAmbiguous[rank])
            asNoun = random.Next(2) == 0;
        return asNoun ? Noun(rank) : Adjective(rank);
    }
}
