namespace Attune.Evaluation.Metrics;

/// <summary>Levenshtein's (1966) distance: the fewest insertions, deletions and substitutions, and the error rates made of it.</summary>
public static class EditDistance
{
    /// <summary>Between code points, not UTF-16 units.</summary>
    public static int OfCharacters(string hypothesis, string reference) =>
        Of<int>(TextUnits.CodePoints(hypothesis), TextUnits.CodePoints(reference));

    /// <summary>Between any two sequences.</summary>
    public static int Of<T>(ReadOnlySpan<T> hypothesis, ReadOnlySpan<T> reference) where T : IEquatable<T>
    {
        var row = new int[reference.Length + 1];
        for (var j = 0; j < row.Length; j++)
            row[j] = j;
        for (var i = 0; i < hypothesis.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < reference.Length; j++)
            {
                var substitute = diagonal + (hypothesis[i].Equals(reference[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(substitute, Math.Min(row[j], diagonal) + 1);
            }
        }
        return row[^1];
    }

    /// <summary>Edits per code point of the reference, which must not be empty; above 1 where the hypothesis is much longer.</summary>
    public static double CharacterErrorRate(string hypothesis, string reference) =>
        Rate<int>("CharacterErrorRate", TextUnits.CodePoints(hypothesis), TextUnits.CodePoints(reference));

    /// <summary>Edits per word of the reference, which must hold a word; words are what white space separates.</summary>
    public static double WordErrorRate(string hypothesis, string reference) =>
        Rate<string>("WordErrorRate", TextUnits.Words(hypothesis), TextUnits.Words(reference));

    private static double Rate<T>(string subject, ReadOnlySpan<T> hypothesis, ReadOnlySpan<T> reference) where T : IEquatable<T>
    {
        if (reference.Length == 0)
            throw Require.Wrong($"{subject}: the reference is empty, expected text; leave that row out");
        return Of(hypothesis, reference) / (double)reference.Length;
    }
}
