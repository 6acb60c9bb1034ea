using Attune.Tensors;

namespace Attune.Data;

/// <summary>What a task is, apart from its rows: the content of task.json, or what was inferred from a single file.</summary>
public sealed partial record TaskSpec
{
    public required string Name { get; init; }

    public required TaskKind Kind { get; init; }

    public string Instruction { get; init; } = "";

    /// <summary>The labels in a fixed order; empty for every kind but classification.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The names of the input fields in order.</summary>
    public required IReadOnlyList<string> Fields { get; init; }

    /// <summary>How a row is written as a prompt.</summary>
    public required PromptTemplate Template { get; init; }

    public string Source { get; init; } = "";

    public string Licence { get; init; } = "";

    public string? Note { get; init; }

    /// <summary>The column of the label; null for the usual name.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>The column of the choices of multiple choice; null for "choices".</summary>
    public string? ChoicesColumn { get; init; }

    /// <summary>The column of groups; null for "group" where there is one.</summary>
    public string? GroupColumn { get; init; }

    /// <summary>Rows of each split as announced; empty where nothing was.</summary>
    public IReadOnlyDictionary<string, int> Rows { get; init; } = new Dictionary<string, int>();

    /// <summary>Refuses the kinds that can be read but not compared yet.</summary>
    /// <exception cref="AttuneException">The kind is neither classification nor multiple choice.</exception>
    public void RequireComparable()
    {
        if (Kind is not (TaskKind.Classification or TaskKind.MultipleChoice))
        {
            throw new AttuneException(
                $"The task '{Name}' is of the kind {TaskKindNames.Name(Kind)}, which cannot be compared yet; give data for classification or multiple choice.");
        }
    }
}
