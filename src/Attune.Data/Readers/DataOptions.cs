namespace Attune.Data;

/// <summary>What the user said about the data; what is null is taken from task.json or inferred.</summary>
public sealed record DataOptions
{
    /// <summary>The columns that are the input (--text).</summary>
    public IReadOnlyList<string>? Text { get; init; }

    /// <summary>The column that is the label (--label).</summary>
    public string? Label { get; init; }

    /// <summary>Names of the columns of a table without a header (--columns).</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The column of groups that must not stand on both sides of a split (--group); by default "group" where there is one.</summary>
    public string? Group { get; init; }

    /// <summary>The kind of task (--task).</summary>
    public TaskKind? Kind { get; init; }

    public BadRows BadRows { get; init; }

    /// <summary>A file of test rows in place of the folder's (--test FILE).</summary>
    public string? TestFile { get; init; }

    /// <summary>A task that is known already, such as a saved adaptation's: its kind, fields and labels hold.</summary>
    public TaskSpec? Task { get; init; }

    /// <summary>Counts the tokens of a text for the report's lengths.</summary>
    public Func<string, int>? CountTokens { get; init; }
}
