using System.Globalization;
using Attune.Data;
using Attune.Tensors;

namespace Attune.Cli.Settings;

/// <summary>Which test rows: a file, a number for each seed, all, or by default as many as a laptop scores in little time.</summary>
internal sealed record TestRows(string? File, int? Count, bool IsDefault)
{
    /// <summary>Test rows of a seed where nothing is said.</summary>
    private const int Most = 200;

    public static TestRows Default { get; } = new(null, null, true);

    public static TestRows Parse(string text)
    {
        if (text == "all")
            return new TestRows(null, null, false);
        if (!text.All(char.IsAsciiDigit))
            return new TestRows(text, null, false);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? new TestRows(null, count, false)
            : throw new AttuneException($"'{text}' does not fit; expected a file, a number of rows from 1, or all");
    }

    /// <summary>Rows to draw for each seed; null for all of the test file, or a fifth of the data.</summary>
    public int? Draw(Dataset dataset)
    {
        if (!IsDefault)
            return Count;
        var there = dataset.Test?.Count ?? (dataset.Train.Count + 4) / 5;
        return there > Most ? Most : null;
    }
}
