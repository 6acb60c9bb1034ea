using Attune.Tensors;

namespace Attune.Data;

/// <summary>The kinds as task.json, --task and messages write them.</summary>
public static class TaskKindNames
{
    private static readonly (string Name, TaskKind Kind)[] Names =
    [
        ("classification", TaskKind.Classification),
        ("multiple-choice", TaskKind.MultipleChoice),
        ("generation", TaskKind.Generation),
        ("spans", TaskKind.Spans),
        ("span-extraction", TaskKind.Spans),
        ("regression", TaskKind.Regression),
        ("conversation", TaskKind.Conversation),
    ];

    /// <summary>The first name of a kind: "multiple-choice".</summary>
    public static string Name(TaskKind kind) => Names.First(n => n.Kind == kind).Name;

    /// <summary>Reads a name; blanks and underscores count as hyphens, and case does not matter.</summary>
    /// <exception cref="AttuneException">The name is none of those known.</exception>
    public static TaskKind Parse(string name)
    {
        var plain = name.Trim().ToLowerInvariant().Replace(' ', '-').Replace('_', '-');
        foreach (var (known, kind) in Names)
        {
            if (known == plain)
                return kind;
        }

        throw new AttuneException($"'{name}' is no kind of task; expected one of {string.Join(", ", Names.Select(n => n.Name).Distinct())}.");
    }
}
