using System.Globalization;

namespace Attune.Reproductions.Tart;

/// <summary>Accuracies by task, number of rows and what predicts, a value for each seed.</summary>
internal sealed class TartTable(IReadOnlyList<int> sizes)
{
    public const string InContext = "in-context learning";
    public const string Loo = "reasoner, leave-one-out";
    public const string LooRegression = "logistic regression, leave-one-out";
    public const string Stream = "reasoner, encoder";
    public const string StreamRegression = "logistic regression, encoder";

    /// <summary>The reasoner that comes with Attune.</summary>
    public const string LooShipped = "shipped reasoner, leave-one-out";
    public const string StreamShipped = "shipped reasoner, encoder";

    private static readonly string[] Rows = [InContext, Loo, LooRegression, LooShipped, Stream, StreamRegression, StreamShipped];

    private readonly Dictionary<(string, int, string), List<double>> cells = [];

    public void Add(string task, int size, string row, double accuracy)
    {
        if (!cells.TryGetValue((task, size, row), out var values))
            cells[(task, size, row)] = values = [];
        values.Add(accuracy);
    }

    public IReadOnlyList<double> Values(string task, int size, string row) => cells[(task, size, row)];

    /// <summary>A row for each predictor and number of rows, a column for each task and their mean.</summary>
    public ResultTable Show(IReadOnlyList<string> tasks) => new("Accuracy on test rows, mean over seeds", ["", "rows", .. tasks, "mean"],
    [
        .. sizes.SelectMany(size => Rows.Select(row =>
        {
            var means = tasks.Select(t => Values(t, size, row).Average()).ToArray();
            return (IReadOnlyList<string>)[row, size.ToString(CultureInfo.InvariantCulture), .. means.Append(means.Average()).Select(m => m.ToString("0.000", CultureInfo.InvariantCulture))];
        })),
    ]);
}
