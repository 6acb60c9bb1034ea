using System.Text.Json;
using Attune.Tensors;

namespace Attune.Data;

/// <summary>What task.json, or a task that is known already, says about kind and columns before the rows are read.</summary>
internal sealed record TaskOutline(TaskKind? Kind, IReadOnlyList<string>? Fields, string? Label, string? Choices, string? Group)
{
    public static TaskOutline Unknown { get; } = new(null, null, null, null, null);

    public static TaskOutline Of(TaskSpec task) => new(task.Kind, task.Fields, task.LabelColumn, task.ChoicesColumn, task.GroupColumn);

    /// <exception cref="AttuneException">A value has the wrong type, or --task says another kind.</exception>
    public static TaskOutline FromJson(JsonElement json, string name, TaskKind? asked)
    {
        var fields = new JsonFields(json, $"task.json of '{name}'");
        var kind = fields.Text("kind") is { } text ? TaskKindNames.Parse(text) : asked;
        if (asked is not null && kind != asked)
            throw new AttuneException($"task.json of '{name}' says {TaskKindNames.Name(kind!.Value)} and --task says {TaskKindNames.Name(asked.Value)}; leave --task out or mend task.json.");
        return new TaskOutline(kind, fields.Texts("fields"), fields.Text("label"), fields.Text("choices"), fields.Text("group"));
    }
}
