namespace Attune.Data;

/// <summary>A task with its rows, all read and checked.</summary>
/// <param name="Train">Rows that may be drawn for fitting. Where <paramref name="Test"/> is null, test rows are drawn from here too.</param>
/// <param name="Test">Rows of the test file in file order; null where there is none.</param>
/// <param name="Hash">SHA-256, in lower-case hexadecimal, of kind, labels, fields, template and every row; file format and names do not enter.</param>
/// <param name="Report">What was understood of the files, and what is odd.</param>
public sealed record Dataset(TaskSpec Task, IReadOnlyList<Example> Train, IReadOnlyList<Example>? Test, string Hash, DataReport Report)
{
    /// <summary>Rows of the dev file; nothing is drawn from them. Empty where there is none.</summary>
    public IReadOnlyList<Example> Dev { get; init; } = [];

    /// <summary>The same with the lengths of all inputs in tokens in the report.</summary>
    public Dataset WithTokenCounts(Func<string, int> countTokens) => this with
    {
        Report = Report with { Tokens = LengthSummary.Of(Train.Concat(Dev).Concat(Test ?? []).Select(e => countTokens(e.Input.Text))) },
    };
}
