using System.Globalization;
using Attune.Tensors;

namespace Attune.Data;

/// <summary>The labels of a task that lists none: those of the rows, ordered; refused where they look like no classes.</summary>
internal static class LabelFinder
{
    /// <summary>More labels than this, or more than <see cref="Few"/> on less than two rows each, look like free text.</summary>
    private const int Many = 1000, Few = 50;

    /// <param name="asked">Whether the user said that this is classification.</param>
    /// <exception cref="AttuneException">There is one label only, or they look like free text.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<Example> examples, string path, string column, bool asked, List<WarningMessage> warnings)
    {
        var (rows, found) = (0, new HashSet<string>(StringComparer.Ordinal));
        foreach (var example in examples)
        {
            rows++;
            found.Add(example.Label);
        }

        if (found.Count == 1)
            throw new AttuneException($"Every row of '{path}' has the label '{found.First()}'; expected two labels at least: add rows, or name another column with --label.");
        if (found.Count > Many || (found.Count > Few && 2 * found.Count > rows))
        {
            var sentence = string.Create(CultureInfo.InvariantCulture, $"The column '{column}' of '{path}' has {found.Count} different labels in {rows} rows, which looks like free text");
            if (!asked)
                throw new AttuneException($"{sentence}; name the label column with --label, or say what it is with --task generation or --task classification.");
            warnings.Add(new WarningMessage(sentence + ".", "Name the label column with --label if this is not it."));
        }

        return found.All(l => int.TryParse(l, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            ? [.. found.OrderBy(l => int.Parse(l, CultureInfo.InvariantCulture)).ThenBy(l => l, StringComparer.Ordinal)]
            : [.. found.Order(StringComparer.Ordinal)];
    }
}
