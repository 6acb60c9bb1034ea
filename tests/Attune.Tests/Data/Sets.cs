using Attune.Data;

namespace Attune.Tests.Data;

/// <summary>Small data sets in memory.</summary>
internal static class Sets
{
    public static Example Row(string id, string text, string label, string? group = null, int row = 1) =>
        new(id, Input.FromText(text), label, group, row);

    /// <summary>Rows "text 1", "text 2", …, their labels taken in turn.</summary>
    public static IReadOnlyList<Example> Rows(string split, int count, params string[] labels) =>
        [.. Enumerable.Range(1, count).Select(i => Row($"{split}:{i}", $"{split} text {i}", labels[(i - 1) % labels.Length], row: i))];

    public static TaskSpec Task(params string[] labels) => new()
    {
        Name = "toy",
        Kind = TaskKind.Classification,
        Labels = labels,
        Fields = ["text"],
        Template = new PromptTemplate { InputTemplate = "Text: {text}\nLabel:" },
    };

    public static Dataset Of(TaskSpec task, IReadOnlyList<Example> train, IReadOnlyList<Example>? test) => new(task, train, test, "", new DataReport
    {
        Name = task.Name,
        Kind = task.Kind,
        Files = [],
        Columns = [],
        Labels = [],
        Characters = null,
        Duplicates = 0,
        ContradictoryDuplicates = 0,
        TestRowsInTraining = 0,
        SkippedRows = [],
        Warnings = [],
    });
}
