using System.CommandLine;
using Attune.Data;
using Attune.Tensors;

namespace Attune.Cli.Settings;

/// <summary>How data is read.</summary>
internal sealed class DataSettings
{
    public Setting<IReadOnlyList<string>?> Text { get; } = new("text", "COLUMNS", "Columns that are the input, with commas between them.", Values.List, null);

    public Setting<string?> Label { get; } = new("label", "COLUMN", "Column that is the label.", Values.Text, null);

    public Setting<IReadOnlyList<string>?> Columns { get; } = new("columns", "NAMES", "Names of the columns of a table without a header.", Values.List, null);

    public Setting<string?> Group { get; } = new("group", "COLUMN", "Column of groups (a user, a document) that must not stand on both sides of a split.", Values.Text, null);

    public Setting<TaskKind?> Task { get; } = new("task", "KIND", "Kind of task: classification or multiple-choice.", t => TaskKindNames.Parse(t), null);

    public Setting<BadRows> BadRows { get; } = new("bad-rows", "error|skip", "What happens on a row that cannot be used. (default: error)", Values.OneOf(("error", Data.BadRows.Error), ("skip", Data.BadRows.Skip)), Data.BadRows.Error);

    public Setting<string?> Template { get; } = new("template", "FILE", "JSON or YAML file with a prompt template: input, instruction, words, style, …", Values.Text, null);

    public IEnumerable<Setting> All => [Text, Label, Columns, Group, Task, BadRows, Template];

    public DataOptions Options(ParseResult parse, RunFile? file = null) => new()
    {
        Text = Text.Get(parse, file),
        Label = Label.Get(parse, file),
        Columns = Columns.Get(parse, file),
        Group = Group.Get(parse, file),
        Kind = Task.Get(parse, file),
        BadRows = BadRows.Get(parse, file),
    };

    /// <summary>Reads a data set and puts the user's template into its task.</summary>
    /// <exception cref="AttuneException">The data or the template cannot be used.</exception>
    public Dataset Read(string path, DataOptions options, ParseResult parse, RunFile? file = null)
    {
        var dataset = DataReader.Read(path, options);
        if (TemplateText.Find(this, parse, file) is not { } template)
            return dataset;
        // Read again under the changed task, since the data's hash covers the template.
        return DataReader.Read(path, options with { Task = dataset.Task with { Template = template.Apply(dataset.Task) } });
    }
}
