using System.Text;
using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>
/// Draws episodes: a family, a task of it, names for its labels, a template, and labelled rows in some order, written as Attune writes prompts for
/// models without a chat template. Everything is a function of the numbers drawn; any thread may draw.
/// </summary>
public static class Episode
{
    /// <summary>An episode of one of these families (those of training where none are given), each as often as its weight says.</summary>
    public static EpisodeText Draw(SeededRandom random, EpisodeOptions? options = null, IReadOnlyList<ITaskFamily>? families = null)
    {
        families ??= TaskFamilies.Training;
        var family = families[random.Weighted([.. families.Select(f => f.Weight)])];
        return Draw(random, family, options ?? new EpisodeOptions());
    }

    /// <summary>An episode of this family.</summary>
    public static EpisodeText Draw(SeededRandom random, ITaskFamily family, EpisodeOptions options)
    {
        var task = family.Draw(random);
        var names = Names(random, task.Labels, options);
        var template = EpisodeTemplates.Draw(random, Shuffled(random, names), options.DefaultTemplateShare);
        var rows = new EpisodeRows(random, task, options).Draw(RowCount(random, options));
        return Write(template, names, rows, options.MaxCharacters, family.Name);
    }

    /// <summary>
    /// An episode to measure by: as many rows as there is room for, all labels right, each drawn independently and as often as any other, and no copies. So the labels that stand
    /// before a row say nothing of its own, and neither does it that the row still fits: room is kept for the longest of one row of each label.
    /// </summary>
    public static EpisodeText DrawMeasured(SeededRandom random, EpisodeOptions options, IReadOnlyList<ITaskFamily> families)
    {
        var family = families[random.Weighted([.. families.Select(f => f.Weight)])];
        var task = family.Draw(random);
        var names = Names(random, task.Labels, options);
        var template = EpisodeTemplates.Draw(random, Shuffled(random, names), options.DefaultTemplateShare);
        var (rows, longest) = (new List<(string Text, int Label)>(), new List<string>());
        for (var i = 0; i < options.MaxRows; i++)
        {
            var texts = Enumerable.Range(0, names.Count).Select(label => task.Row(random, label).Text).ToArray();
            var label = random.Next(names.Count);
            rows.Add((texts[label], label));
            longest.Add(texts.MaxBy(t => t.Length)!);
        }

        return Write(template, names, rows, options.MaxCharacters, family.Name, longest);
    }

    /// <summary>Rows as a prompt with all its labels; stops before the row (but never the second) that would exceed the characters.</summary>
    /// <param name="longest">The text that must fit in a row's place, with the longest label; null: the row's own with its own.</param>
    internal static EpisodeText Write(
        PromptTemplate template, IReadOnlyList<string> names, IReadOnlyList<(string Text, int Label)> rows, int maxCharacters, string family, IReadOnlyList<string>? longest = null)
    {
        var longestWords = names.Max(n => template.RenderLabel(n).Length);
        var text = new StringBuilder(template.RenderPrefix([]));
        var spans = new List<(int Start, int Length, int Shot, int Label)>();
        foreach (var (row, label) in rows)
        {
            var input = template.RenderInput(Input.FromText(row));
            var words = template.RenderLabel(names[label]);
            var separator = spans.Count > 0 ? template.DemonstrationSeparator : "";
            var needed = longest is null ? input.Length + words.Length : template.RenderInput(Input.FromText(longest[spans.Count])).Length + longestWords;
            if (spans.Count > 1 && text.Length + separator.Length + needed > maxCharacters)
                break;
            text.Append(separator).Append(input);
            spans.Add((text.Length, words.Length, spans.Count, label));
            text.Append(words);
        }

        return new EpisodeText(text.ToString(), spans, [.. names.Select(template.RenderLabel)], family);
    }

    private static IReadOnlyList<string> Names(SeededRandom random, IReadOnlyList<string> labels, EpisodeOptions options)
    {
        var draw = random.NextDouble() - options.NaturalLabelShare;
        return draw < 0 ? labels
            : draw < options.ExchangedLabelShare ? Shuffled(random, labels)
            : LabelNames.Arbitrary(random, labels.Count);
    }

    /// <summary>Mostly 2 to 41 rows, each size class as often as the next; otherwise as many as fit.</summary>
    private static int RowCount(SeededRandom random, EpisodeOptions options) => random.Chance(options.FullShare)
        ? options.MaxRows
        : Math.Min(options.MaxRows, 1 + (int)Math.Round(Math.Exp(random.NextDouble() * Math.Log(40))));

    private static string[] Shuffled(SeededRandom random, IReadOnlyList<string> names) => random.Some(names, names.Count);
}
