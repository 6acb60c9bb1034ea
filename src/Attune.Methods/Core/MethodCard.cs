using Attune.Data;
using Attune.Models.Sites;

namespace Attune.Methods;

/// <summary>What a method is, for people and for the comparison.</summary>
public sealed record MethodCard
{
    /// <summary>The name used on the command line: "icl-knn".</summary>
    public required string Name { get; init; }

    /// <summary>One sentence: what it does.</summary>
    public required string Summary { get; init; }

    /// <summary>Authors, title, year and where it appeared; for a floor such as majority, what it stands for.</summary>
    public required string Paper { get; init; }

    /// <summary>The first site that it changes.</summary>
    public required SiteKind Site { get; init; }

    public required ModelView View { get; init; }

    /// <summary>Whether an encoder makes it better but it works without.</summary>
    public bool UsesEncoder { get; init; }

    public IReadOnlyList<TaskKind> Tasks { get; init; } = [TaskKind.Classification, TaskKind.MultipleChoice];

    /// <summary>Fewest labelled rows that it can work with; 0: none are needed and none are used.</summary>
    public int LeastRows { get; init; }

    /// <summary>Whether labelled rows change what it does. If not, it runs once whatever the shots.</summary>
    public bool UsesRows { get; init; } = true;

    /// <summary>The smallest set of methods that has it.</summary>
    public MethodSet Set { get; init; } = MethodSet.All;

    /// <summary>What fitting and a query cost, in words.</summary>
    public required string Cost { get; init; }
}
