using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Tensors;

namespace Attune.Data;

public sealed partial record TaskSpec
{
    private static readonly string[] Keys =
    [
        "kind", "name", "instruction", "labels", "fields", "label", "choices", "group", "source", "licence", "rows", "template", "words", "note",
    ];

    /// <summary>
    /// Reads the content of a task.json. The template is a text with placeholders, or an object as <see cref="PromptTemplate.FromJson"/>
    /// takes; where it is missing, the kind's default is written with the instruction.
    /// </summary>
    /// <param name="name">The name where the object gives none, such as the folder's.</param>
    /// <exception cref="AttuneException">A key or value is wrong, or the template does not fit the task.</exception>
    public static TaskSpec FromJson(JsonElement json, string name) => FromJson(json, name, null, null);

    /// <param name="chosenFields">The input fields in place of the object's.</param>
    /// <param name="foundLabels">The labels where the object lists none.</param>
    internal static TaskSpec FromJson(JsonElement json, string name, IReadOnlyList<string>? chosenFields, IReadOnlyList<string>? foundLabels)
    {
        var fields = new JsonFields(json, $"task.json of '{name}'");
        fields.RequireKnown(Keys);
        var kind = TaskKindNames.Parse(fields.Text("kind")
            ?? throw new AttuneException($"task.json of '{name}' has no 'kind'; expected one such as \"classification\"."));
        var labels = Labelled(fields.Texts("labels") ?? foundLabels ?? [], name, kind);
        var inputs = chosenFields ?? fields.Texts("fields") ?? [DefaultField(kind)];
        var instruction = fields.Text("instruction") ?? "";
        var task = new TaskSpec
        {
            Name = fields.Text("name") ?? name,
            Kind = kind,
            Instruction = instruction,
            Labels = labels,
            Fields = inputs,
            LabelColumn = fields.Text("label"),
            ChoicesColumn = fields.Text("choices"),
            GroupColumn = fields.Text("group"),
            Source = fields.Text("source") ?? "",
            Licence = fields.Text("licence") ?? "",
            Note = fields.Text("note"),
            Rows = fields.Counts("rows") ?? new Dictionary<string, int>(),
            Template = ReadTemplate(fields, DefaultTemplates.For(kind, instruction, inputs, labels), instruction),
        };
        task.Template.Check(task);
        return task;
    }

    /// <summary>The content of a task.json from which <see cref="FromJson(JsonElement, string)"/> makes the same task.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["name"] = Name, ["kind"] = TaskKindNames.Name(Kind), ["instruction"] = Instruction };
        if (Labels.Count > 0)
            json["labels"] = new JsonArray([.. Labels.Select(l => (JsonNode)l)]);
        json["fields"] = new JsonArray([.. Fields.Select(f => (JsonNode)f)]);
        foreach (var (key, value) in new[] { ("label", LabelColumn), ("choices", ChoicesColumn), ("group", GroupColumn), ("source", Source), ("licence", Licence), ("note", Note) })
        {
            if (!string.IsNullOrEmpty(value))
                json[key] = value;
        }

        if (Rows.Count > 0)
            json["rows"] = new JsonObject(Rows.Select(r => KeyValuePair.Create(r.Key, (JsonNode?)r.Value)));
        json["template"] = Template.ToJson();
        return json;
    }

    private static PromptTemplate ReadTemplate(JsonFields fields, PromptTemplate fallback, string instruction)
    {
        var template = fields.Get("template") switch
        {
            null => fallback,
            { ValueKind: JsonValueKind.String } text =>
                fallback with { InputTemplate = text.GetString()!, Instruction = instruction, UseInstruction = false },
            { ValueKind: JsonValueKind.Object } json => (fallback with { Instruction = instruction, UseInstruction = false }).With(json),
            { } other => throw fields.Wrong("template", other, "a text with placeholders or an object"),
        };
        return fields.Map("words") is { } words ? template with { Verbalizer = template.Verbalizer.With(words) } : template;
    }

    private static IReadOnlyList<string> Labelled(IReadOnlyList<string> labels, string name, TaskKind kind)
    {
        if (kind != TaskKind.Classification)
            return [];
        var twice = labels.GroupBy(l => l, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
            throw new AttuneException($"task.json of '{name}' lists the label '{twice.Key}' twice; list each once.");
        if (labels.Any(string.IsNullOrWhiteSpace))
            throw new AttuneException($"task.json of '{name}' lists an empty label; give each label a text.");
        return labels;
    }

    internal static string DefaultField(TaskKind kind) => kind switch
    {
        TaskKind.Generation => "prompt",
        TaskKind.MultipleChoice => "question",
        TaskKind.Conversation => "messages",
        _ => "text",
    };
}
