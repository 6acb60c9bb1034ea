using System.Globalization;
using Attune.Tensors;

namespace Attune.Data;

/// <summary>
/// Finds what each column is: first what the user said, then task.json, then the usual names. Where two answers are
/// possible, the error names the flag that settles it.
/// </summary>
internal sealed class LayoutFinder(RawTable table, DataOptions options, TaskOutline outline)
{
    private static readonly string[][] InputPairs =
        [["premise", "hypothesis"], ["sentence1", "sentence2"], ["question1", "question2"], ["text1", "text2"], ["question", "passage"], ["question", "context"]];

    private const string ReferencesName = "references";

    private static readonly string[] RowNumberNames = ["id", "idx", "index", ""];

    public static Layout Find(RawTable table, DataOptions options, TaskOutline outline) => new LayoutFinder(table, options, outline).Find();

    /// <summary>The layout of a file for a known task whose labels are not read.</summary>
    public static Layout FindInputs(RawTable table, DataOptions options, TaskOutline outline)
    {
        var finder = new LayoutFinder(table, options, outline);
        var choices = outline.Kind == TaskKind.MultipleChoice ? finder.Choices() : null;
        var inputs = finder.Inputs(outline.Kind!.Value, [choices]);
        return new Layout(outline.Kind.Value, inputs, finder.FieldNames(inputs), null, choices, null);
    }

    private Layout Find()
    {
        var group = Named(options.Group ?? outline.Group, "--group") ?? (table.Has("group") ? "group" : null);
        var kind = outline.Kind ?? options.Kind ?? KindByColumns();
        var choices = kind == TaskKind.MultipleChoice ? Choices() : null;
        var label = kind == TaskKind.Conversation ? null : Label(kind);
        kind ??= KindByLabels(label!);
        var references = kind == TaskKind.Generation && label != ReferencesName && table.Has(ReferencesName) ? ReferencesName : null;
        var inputs = Inputs(kind.Value, [label, choices, group, references]);
        if (label is not null && inputs.Contains(label))
            throw new AttuneException($"The column '{label}' of '{table.Path}' is input and label at once; give --text or --label another column.");
        if (inputs.FirstOrDefault(i => i.AsSpan().ContainsAny('{', '}') || i.Length == 0) is { } odd)
            throw new AttuneException($"The input column '{odd}' of '{table.Path}' has no name that a template can use; rename it.");
        return new Layout(kind.Value, inputs, FieldNames(inputs), label, choices, group) { References = references };
    }

    /// <summary>With a known task, columns that --text names stand for the task's fields in their order.</summary>
    private IReadOnlyList<string> FieldNames(IReadOnlyList<string> inputs)
    {
        if (options.Task is not { } task)
            return inputs;
        if (inputs.Count != task.Fields.Count)
            throw new AttuneException($"--text names the columns {TextList.Quote(inputs)}, and the task has the fields {TextList.Quote(task.Fields)}; name a column for each field.");
        return task.Fields;
    }

    private string Choices() =>
        Named(outline.Choices, "task.json") ?? Usual(TaskKind.MultipleChoice, "choices", "'choices' in task.json", "choices", "options");

    private TaskKind? KindByColumns()
    {
        if (table.Has("messages"))
            return TaskKind.Conversation;
        if (table.Has("choices"))
            return TaskKind.MultipleChoice;
        var completion = table.Has("prompt") && table.Has("completion");
        if (completion && table.Has("label") && options.Label is null)
            throw new AttuneException($"'{table.Path}' has both a 'completion' and a 'label' column; say which task it is with --task generation or --task classification.");
        if (completion && options.Label is null or "completion" || table.Has("prompt") && table.Has(ReferencesName) && options.Label is null && !table.Has("label"))
            return TaskKind.Generation;
        if (!table.Has("label") && options.Label is null or "labels" && table.Has("labels") && table.Rows[0].Cells.TryGetValue("labels", out var cell) && cell.Kind == CellKind.Json)
            return TaskKind.Spans;
        return null;
    }

    /// <summary>Labels that are numbers with a fraction, or very many whole ones, may be classes or targets.</summary>
    private TaskKind KindByLabels(string label)
    {
        var values = table.Rows.Select(r => r.Cells.TryGetValue(label, out var c) ? c.Text : "").Distinct(StringComparer.Ordinal).ToList();
        if (!values.All(v => double.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
            return TaskKind.Classification;
        if (values.Count <= FewWholeLabels && values.All(v => int.TryParse(v, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)))
            return TaskKind.Classification;
        throw new AttuneException(
            $"The column '{label}' of '{table.Path}' holds numbers such as {values[0]}, which may be classes or targets; say which with --task classification or --task regression.");
    }

    private const int FewWholeLabels = 20;

    private string Label(TaskKind? kind)
    {
        var named = Named(options.Label, "--label") ?? Named(outline.Label, "task.json");
        return named ?? kind switch
        {
            TaskKind.Generation => Usual(kind, "label", "--label", "completion", ReferencesName, "output", "answer", "label"),
            TaskKind.Spans => Usual(kind, "label", "--label", "labels", "spans"),
            TaskKind.MultipleChoice => Usual(kind, "label", "--label", "label", "answer"),
            TaskKind.Regression => Usual(kind, "label", "--label", "label", "score", "target", "value"),
            _ => Usual(kind, "label", "--label", "label", "class", "category", "target"),
        };
    }

    /// <summary>The first of the usual names; if it is missing, the only one of the others.</summary>
    private string Usual(TaskKind? kind, string role, string flag, params string[] names)
    {
        if (table.Has(names[0]))
            return names[0];
        var others = names.Where(table.Has).ToList();
        if (others.Count == 1)
            return others[0];
        if (others.Count > 1)
            throw new AttuneException($"'{table.Path}' has the columns {TextList.Quote(others)}, each of which may be the {role}; name the right one with {flag}.");
        var headless = table.IsDelimited && options.Columns is null ? "; if its first line is a row, name the columns with --columns" : "";
        var task = kind is null ? "" : $", which {TaskKindNames.Name(kind.Value)} needs";
        throw new AttuneException($"'{table.Path}' has no column '{names[0]}'{task}; its columns are {TextList.Quote(table.Columns)}: name the {role} column with {flag}{headless}.");
    }

    private string? Named(string? name, string where)
    {
        if (name is not null && !table.Has(name))
            throw new AttuneException($"'{table.Path}' has no column '{name}', which {where} names; its columns are {TextList.Quote(table.Columns)}.");
        return name;
    }

    private IReadOnlyList<string> Inputs(TaskKind kind, HashSet<string?> taken)
    {
        if (options.Text is { Count: > 0 } given)
            return [.. given.Select(n => Named(n, "--text")!)];
        if (outline.Fields is { } listed)
            return [.. listed.Select(n => Named(n, "task.json")!)];
        var usual = TaskSpec.DefaultField(kind);
        if (table.Has(usual) && !taken.Contains(usual) && kind != TaskKind.MultipleChoice)
            return [usual];
        var free = table.Columns.Where(c => !taken.Contains(c)).ToList();
        if (InputPairs.FirstOrDefault(p => p.All(free.Contains)) is { } pair)
            return pair;
        foreach (var name in new[] { usual, "text", "sentence", "question" })
        {
            if (free.Contains(name))
                return [name];
        }

        var candidates = free.Where(c => !RowNumberNames.Contains(c.ToLowerInvariant())).ToList();
        if (candidates.Count == 1)
            return candidates;
        throw new AttuneException(candidates.Count == 0
            ? $"'{table.Path}' has no column for the input; its columns are {TextList.Quote(table.Columns)}: name the input with --text."
            : $"'{table.Path}' has the columns {TextList.Quote(candidates)}, each of which may be the input; name one or several with --text.");
    }
}
