using System.Text;
using Attune.Tensors;

namespace Attune.Data;

/// <summary>
/// How rows are written as prompts. A plain prompt is
/// [instruction + instruction separator] + (demonstration + demonstration separator)* + input; the label's words follow it,
/// and are encoded apart from it. A demonstration is input + words.
/// </summary>
public sealed partial record PromptTemplate
{
    /// <summary>The placeholder that lists a row's choices, one line "- choice" each.</summary>
    private const string ChoicesPlaceholder = "choices";

    private readonly FieldPattern pattern = new("");

    public string Instruction { get; init; } = "";

    /// <summary>Whether the instruction is written. Off by default where task.json brings a template of its own.</summary>
    public bool UseInstruction { get; init; }

    /// <summary>The input with {field} placeholders: "Review: {text}\nSentiment:".</summary>
    /// <exception cref="AttuneException">A brace is not closed.</exception>
    public required string InputTemplate
    {
        get;
        init
        {
            pattern = new FieldPattern(value);
            field = value;
        }
    }

    public string InstructionSeparator { get; init; } = "\n\n";

    public string DemonstrationSeparator { get; init; } = "\n\n";

    public Verbalizer Verbalizer { get; init; } = new();

    public LabelScore LabelScore { get; init; }

    /// <summary>What stands in every field of the content-free input of <see cref="LabelScore.Pmi"/>.</summary>
    public string PmiText { get; init; } = "";

    public PromptStyle Style { get; init; }

    /// <summary>Checks placeholders and label words against a task before any row is rendered.</summary>
    /// <exception cref="AttuneException">A placeholder is no field, or the words do not fit the labels.</exception>
    public void Check(TaskSpec task)
    {
        foreach (var name in pattern.Fields)
        {
            if (!task.Fields.Contains(name) && !(name == ChoicesPlaceholder && task.Kind == TaskKind.MultipleChoice))
                throw UnknownField(name, task.Fields);
        }

        if (task.Kind == TaskKind.Classification)
            Verbalizer.Check(task.Labels);
    }

    /// <summary>The input template with this row's fields.</summary>
    /// <exception cref="AttuneException">The row lacks a field that the template names.</exception>
    public string RenderInput(Input input) => pattern.Render(name =>
        input.Fields.TryGetValue(name, out var value) ? value
        : name == ChoicesPlaceholder && input.Choices is not null ? string.Join('\n', input.Choices.Select(c => "- " + c))
        : throw UnknownField(name, input.Fields.Keys));

    /// <summary>The words of a label; in chat style without the space in front, since a turn begins with them.</summary>
    public string RenderLabel(string label) => Style == PromptStyle.Chat ? Verbalizer[label].TrimStart() : Verbalizer[label];

    /// <summary>Input and words in one text.</summary>
    public string RenderDemonstration(Example example) => RenderInput(example.Input) + Verbalizer[example.Label];

    /// <summary>What stands before the query in a plain prompt: instruction if used, and each demonstration with its separator.</summary>
    public string RenderPrefix(IEnumerable<Example> demonstrations)
    {
        var text = new StringBuilder();
        if (HasInstruction)
            text.Append(Instruction).Append(InstructionSeparator);
        foreach (var example in demonstrations)
            text.Append(RenderDemonstration(example)).Append(DemonstrationSeparator);
        return text.ToString();
    }

    /// <summary>The whole plain prompt, up to where the label's words begin.</summary>
    public string RenderPlain(IEnumerable<Example> demonstrations, Input query) => RenderPrefix(demonstrations) + RenderInput(query);

    /// <summary>The prompt as turns: the instruction as system turn, each demonstration as a user and an assistant turn, the query as the last user turn.</summary>
    public IReadOnlyList<PromptTurn> RenderTurns(IEnumerable<Example> demonstrations, Input query)
    {
        var turns = new List<PromptTurn>();
        if (HasInstruction)
            turns.Add(new PromptTurn("system", Instruction));
        foreach (var example in demonstrations)
        {
            turns.Add(new PromptTurn("user", RenderInput(example.Input)));
            turns.Add(new PromptTurn("assistant", Verbalizer[example.Label].TrimStart()));
        }

        turns.Add(new PromptTurn("user", RenderInput(query)));
        return turns;
    }

    private bool HasInstruction => UseInstruction && Instruction.Length > 0;

    private static AttuneException UnknownField(string name, IEnumerable<string> known) => new(
        $"The template names the field '{name}', which the data does not have; its fields are {TextList.Quote(known)}.");
}
