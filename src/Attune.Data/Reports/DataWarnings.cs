using System.Globalization;

namespace Attune.Data;

/// <summary>What is odd about the data, each with what can be done.</summary>
internal static class DataWarnings
{
    /// <summary>A label with this many times the rows of another makes accuracy a poor measure.</summary>
    private const int Imbalance = 10;

    public static IEnumerable<WarningMessage> Of(DataReport report, SplitRows rows)
    {
        if (report.SkippedRows.Count > 0)
            yield return Warn($"{Count(report.SkippedRows.Count, "bad row was", "bad rows were")} left out; the first: {report.SkippedRows[0]}", "Mend them, or leave it so.");
        if (report.Duplicates > 0)
            yield return Warn($"{Count(report.Duplicates, "training row repeats", "training rows repeat")} the text of an earlier one.", "Remove the repeats, so that the label budget is not spent twice on one text.");
        if (report.ContradictoryDuplicates > 0)
            yield return Warn($"{Count(report.ContradictoryDuplicates, "text stands", "texts stand")} in training with more than one label.", "Decide which label is right and remove the other rows.");
        if (report.TestRowsInTraining > 0)
            yield return Warn($"{Count(report.TestRowsInTraining, "test row also stands", "test rows also stand")} in training, by text or group.", "The training rows are left out of fitting; keep them with --keep-leaks.");
        foreach (var warning in Labels(report))
            yield return warning;
        var garbled = rows.All.Count(e => e.Input.Fields.Values.Any(LooksGarbled));
        if (garbled > 0)
            yield return Warn($"{Count(garbled, "row holds", "rows hold")} text such as 'Ã©', which looks like UTF-8 that was read as Latin-1 and saved again.", "Write the file again from its source as UTF-8.");
    }

    private static IEnumerable<WarningMessage> Labels(DataReport report)
    {
        var labels = report.Labels;
        var alike = labels.GroupBy(l => TextKey.Of(l.Label), StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        if (alike is not null)
            yield return Warn($"The labels {TextList.Quote(alike.Select(l => l.Label))} differ only in case or blanks.", "Write them alike if they mean the same.");
        if (labels.FirstOrDefault(l => l.Label != l.Label.Trim()) is { } padded)
            yield return Warn($"The label '{padded.Label}' begins or ends with a blank.", "Remove the blanks around labels; in a table no space follows the comma.");
        if (labels.Where(l => l.Train == 0).Select(l => l.Label).ToList() is { Count: > 0 } missing)
            yield return Warn($"No training row has the label {TextList.Quote(missing)}.", "Add rows, or take the label out of task.json; drawing the same number for each label fails.");
        if (labels.Where(l => l.Test == 0).Select(l => l.Label).ToList() is { Count: > 0 } untested)
            yield return Warn($"No test row has the label {TextList.Quote(untested)}.", "Add test rows, or take test rows from the training file.");
        var counts = labels.Where(l => l.Train > 0).ToList();
        if (counts.Count > 1 && counts.MaxBy(l => l.Train) is { } most && counts.MinBy(l => l.Train) is { } least && most.Train >= Imbalance * least.Train)
        {
            yield return Warn(
                string.Create(CultureInfo.InvariantCulture, $"The label '{most.Label}' has {most.Train} training rows and '{least.Label}' has {least.Train}."),
                "Compare by --objective macro-f1, in which each label counts the same.");
        }
    }

    /// <summary>Ã or Â and a character of U+0080–U+00BF is what two bytes of UTF-8 become when each is read as Latin-1.</summary>
    private static bool LooksGarbled(string text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i - 1] is 'Ã' or 'Â' && text[i] is >= '\u0080' and <= '\u00BF')
                return true;
        }

        return false;
    }

    private static string Count(int count, string one, string many) => count == 1 ? $"1 {one}" : string.Create(CultureInfo.InvariantCulture, $"{count} {many}");

    private static WarningMessage Warn(string found, string remedy) => new(found, remedy);
}
