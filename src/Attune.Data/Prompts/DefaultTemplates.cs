namespace Attune.Data;

/// <summary>The template of a task that brings none: one line "Name: {name}" for each field, and a line that the label's words end.</summary>
internal static class DefaultTemplates
{
    /// <summary>With more labels than this, the instruction does not list them.</summary>
    private const int ListedLabels = 20;

    public static PromptTemplate For(TaskKind kind, string instruction, IReadOnlyList<string> fields, IReadOnlyList<string> labels)
    {
        var text = instruction.Length > 0 ? instruction : Instruction(kind, labels);
        return new PromptTemplate
        {
            Instruction = text,
            UseInstruction = text.Length > 0,
            InputTemplate = string.Concat(fields.Select(f => $"{Title(f)}: {{{f}}}\n")) + Ending(kind),
        };
    }

    private static string Instruction(TaskKind kind, IReadOnlyList<string> labels) => kind switch
    {
        TaskKind.Classification when labels.Count <= ListedLabels => $"Classify the text as one of: {string.Join(", ", labels)}.",
        TaskKind.Classification => "Classify the text.",
        TaskKind.MultipleChoice => "Answer the question.",
        _ => "",
    };

    private static string Ending(TaskKind kind) => kind switch
    {
        TaskKind.Classification => "Label:",
        TaskKind.MultipleChoice => "Answer:",
        _ => "Output:",
    };

    private static string Title(string field) => char.ToUpperInvariant(field[0]) + field[1..];
}
