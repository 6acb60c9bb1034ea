using System.Globalization;

namespace Attune.Data;

/// <summary>Makes examples of raw rows; a row that cannot be used is a fault of its table.</summary>
internal sealed class ExampleBuilder(Layout layout, IReadOnlyList<string> labels)
{
    private readonly HashSet<string> allowed = new(labels, StringComparer.Ordinal);

    /// <summary>All good rows of a table.</summary>
    /// <param name="labels">The labels allowed; empty where any is.</param>
    public static IReadOnlyList<Example> Build(RawTable table, string split, Layout layout, IReadOnlyList<string> labels)
    {
        var builder = new ExampleBuilder(layout, labels);
        var examples = new List<Example>(table.Rows.Count);
        foreach (var row in table.Rows)
        {
            try
            {
                examples.Add(builder.Build(row, split));
            }
            catch (BadRowException e)
            {
                table.Faults.Add(row.Line, e.Message);
            }
        }

        return examples;
    }

    private Example Build(RawRow row, string split)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{split}:{row.Number}");
        var group = Group(row);
        if (layout.Kind == TaskKind.Conversation)
        {
            var (before, reply) = ChatValues.Read(RowValues.Get(row, layout.Inputs[0]), layout.Inputs[0]);
            var fields = new OrderedDictionary<string, string>(StringComparer.Ordinal) { [layout.Fields[0]] = before };
            return new Example(id, new Input(fields), reply, group, row.Line);
        }

        var input = BuildInput(row);
        var (label, references) = Label(RowValues.Get(row, layout.Label!), input);
        return new Example(id, input, label, group, row.Line) { References = [.. references, .. MoreReferences(row, label)] };
    }

    /// <summary>What a column of references holds beside the completion.</summary>
    private IEnumerable<string> MoreReferences(RawRow row, string label) =>
        layout.References is { } column && row.Cells.TryGetValue(column, out var cell) ? RowValues.References(cell, column).Where(r => r != label) : [];

    /// <summary>The input alone, for rows whose label is not known.</summary>
    /// <exception cref="BadRowException">A field or the choices cannot be used.</exception>
    public Input BuildInput(RawRow row) =>
        new(Fields(row), layout.Choices is null ? null : RowValues.Choices(RowValues.Get(row, layout.Choices), layout.Choices));

    private OrderedDictionary<string, string> Fields(RawRow row)
    {
        var fields = new OrderedDictionary<string, string>(layout.Inputs.Count, StringComparer.Ordinal);
        for (var i = 0; i < layout.Inputs.Count; i++)
            fields[layout.Fields[i]] = RowValues.Text(row, layout.Inputs[i]);
        if (fields.Values.All(string.IsNullOrWhiteSpace))
            throw new BadRowException(layout.Inputs.Count == 1 ? $"'{layout.Inputs[0]}' is empty; expected a text" : $"{TextList.Quote(layout.Inputs)} are all empty; expected a text in one at least");
        return fields;
    }

    private (string Label, IReadOnlyList<string> References) Label(Cell cell, Input input)
    {
        var name = layout.Label!;
        switch (layout.Kind)
        {
            case TaskKind.MultipleChoice:
                return (RowValues.Choice(cell, input.Choices!), []);
            case TaskKind.Spans:
                return (SpanValues.Read(cell, name, input.Fields.Count == 1 ? input.Text : null), []);
            case TaskKind.Regression:
                return (RowValues.Number(cell, name), []);
            case TaskKind.Generation:
                var answers = RowValues.Answers(cell, name);
                return (answers[0], [.. answers.Skip(1)]);
            default:
                var label = RowValues.Class(cell, name);
                if (allowed.Count > 0 && !allowed.Contains(label))
                    throw new BadRowException($"label '{label}', which the task does not list; expected one of {TextList.Quote(labels)}");
                return (label, []);
        }
    }

    private string? Group(RawRow row)
    {
        if (layout.Group is null || !row.Cells.TryGetValue(layout.Group, out var cell))
            return null;
        return cell.Kind == CellKind.Json
            ? throw new BadRowException($"'{layout.Group}' is {cell.Describe()}; expected a text or a number")
            : cell.Text.Length == 0 ? null : cell.Text;
    }
}
