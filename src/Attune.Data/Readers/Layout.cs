namespace Attune.Data;

/// <summary>What each column of the data is.</summary>
/// <param name="Inputs">The columns of the input.</param>
/// <param name="Fields">What the task calls each of them.</param>
/// <param name="Label">Null only for a conversation, whose last turn is the label.</param>
internal sealed record Layout(TaskKind Kind, IReadOnlyList<string> Inputs, IReadOnlyList<string> Fields, string? Label, string? Choices, string? Group)
{
    /// <summary>The column with further right answers of a generation row.</summary>
    public string? References { get; init; }

    /// <summary>"input", "label", "references", "choices", "group" or "unused".</summary>
    public string RoleOf(string column) =>
        Inputs.Contains(column) ? "input"
        : column == Label ? "label"
        : column == References ? "references"
        : column == Choices ? "choices"
        : column == Group ? "group"
        : "unused";
}
