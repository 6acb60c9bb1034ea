using System.Globalization;
using Attune.Tensors;

namespace Attune.Data;

/// <summary>Takes labelled rows from the front of one shuffled list, as a budget says.</summary>
/// <param name="rows">Rows that may be taken, shuffled.</param>
/// <param name="leaks">How many rows are missing there because they stand in the test rows; for messages.</param>
internal sealed class LabelledDraw(IReadOnlyList<Example> rows, TaskSpec task, int leaks)
{
    public IReadOnlyList<Example> Take(ShotSpec shots, bool natural, SeededRandom random)
    {
        if (shots.IsAll)
            return rows;
        var balanced = !natural && task.Labels.Count > 0;
        if (!balanced)
        {
            // Without labels that rows share (multiple choice), a count for each label is a count in all.
            var count = shots.Total ?? (long)shots.PerLabel!.Value * Math.Max(1, task.Labels.Count);
            return count <= rows.Count ? [.. rows.Take((int)count)] : throw TooFew(null, count, rows.Count);
        }

        return TakeByLabel(shots.Total is { } total ? Shares(total, random) : task.Labels.ToDictionary(l => l, _ => shots.PerLabel!.Value, StringComparer.Ordinal));
    }

    /// <summary>The total divided among the labels; what remains goes, one each, to the first labels of a drawn order.</summary>
    private Dictionary<string, int> Shares(int total, SeededRandom random)
    {
        var labels = task.Labels.ToArray();
        random.Shuffle<string>(labels);
        return labels.Select((label, i) => (label, count: (total / labels.Length) + (i < total % labels.Length ? 1 : 0)))
            .ToDictionary(l => l.label, l => l.count, StringComparer.Ordinal);
    }

    private List<Example> TakeByLabel(Dictionary<string, int> wanted)
    {
        var open = new Dictionary<string, int>(wanted, StringComparer.Ordinal);
        var taken = new List<Example>();
        foreach (var row in rows)
        {
            if (open.TryGetValue(row.Label, out var count) && count > 0)
            {
                open[row.Label] = count - 1;
                taken.Add(row);
            }
        }

        foreach (var label in task.Labels)
        {
            if (open[label] > 0)
                throw TooFew(label, wanted[label], wanted[label] - open[label]);
        }

        return taken;
    }

    private AttuneException TooFew(string? label, long wanted, int available)
    {
        var whose = label is null ? "the data" : $"the label '{label}'";
        var leaked = leaks == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({leaks} rows of all labels were left out since they stand in the test rows; --keep-leaks keeps them)");
        var natural = label is null ? "" : ", or draw rows as they come with --natural";
        return new AttuneException(string.Create(CultureInfo.InvariantCulture,
            $"{wanted} labelled rows are wanted of {whose}, and {available} are available{leaked}; lower --shots or give more rows{natural}."));
    }
}
