using Attune.Data;

namespace Attune.Cli.Settings;

/// <summary>The budgets of a comparison where none are given: none, and 16 for each label or what the data has.</summary>
internal static class DefaultShots
{
    private const int Wanted = 16;

    public static IReadOnlyList<ShotSpec> For(Dataset dataset, bool natural)
    {
        var labels = dataset.Task.Labels.Count;
        var counts = dataset.Train.CountBy(e => e.Label, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var there = labels == 0 ? dataset.Train.Count
            : natural ? dataset.Train.Count / labels
            : dataset.Task.Labels.Min(l => counts.GetValueOrDefault(l));
        // Without a test file the test rows are drawn from the same rows.
        if (dataset.Test is null)
            there /= 2;
        var count = Wanted;
        while (count > 1 && count > there)
            count /= 2;
        return there < 1 ? [ShotSpec.None] : [ShotSpec.None, new ShotSpec(count, null)];
    }
}
