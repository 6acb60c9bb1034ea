namespace Attune.Data;

/// <summary>A labelled row.</summary>
/// <param name="Id">Split and number of the row in its file, counted from 1 over all rows, skipped ones too: "train:17".</param>
/// <param name="Label">The label; for multiple choice the text of the right choice; for generation the completion;
/// for spans the list as JSON; for regression the number; for a conversation the last reply.</param>
/// <param name="Group">Rows of one group must not stand on both sides of a split (a user, a document); null where there is none.</param>
/// <param name="Row">The line of the file on which the row begins, from 1.</param>
public sealed record Example(string Id, Input Input, string Label, string? Group, int Row)
{
    /// <summary>Further right answers of a generation row beside <see cref="Label"/>.</summary>
    public IReadOnlyList<string> References { get; init; } = [];
}
