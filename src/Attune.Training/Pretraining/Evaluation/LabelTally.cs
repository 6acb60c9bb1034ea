namespace Attune.Training.Pretraining;

/// <summary>Counts right labels by shots.</summary>
internal sealed class LabelTally
{
    private static readonly int[] Measured = [0, 1, 2, 4, 8, 16, 32];

    private readonly SortedDictionary<int, (int Right, int Count, double Chance)> tallies = [];

    public int WholeWords { get; private set; }

    public IReadOnlyList<ShotAccuracy> Shots => [.. tallies.Select(t => new ShotAccuracy(t.Key, t.Value.Right, t.Value.Count, t.Value.Chance / t.Value.Count))];

    /// <summary>Whether labels behind so many rows are measured.</summary>
    public static bool Counts(int shots) => Array.IndexOf(Measured, shots) >= 0;

    public void Add(LabelSpan label, int predicted, bool wholeWords)
    {
        var (right, count, chance) = tallies.GetValueOrDefault(label.Shot);
        tallies[label.Shot] = (right + (predicted == label.Right ? 1 : 0), count + 1, chance + 1.0 / label.Candidates.Count);
        WholeWords += wholeWords ? 1 : 0;
    }
}
