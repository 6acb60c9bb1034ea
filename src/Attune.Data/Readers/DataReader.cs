using System.Globalization;
using Attune.Tensors;

namespace Attune.Data;

/// <summary>
/// Reads data sets: JSON Lines, JSON lists, CSV, TSV, and folders of them with task.json. Files are UTF-8; a byte order
/// mark is skipped. What is wrong with a file or row is one sentence with file, line and reason.
/// </summary>
public sealed class DataReader
{
    private readonly string path;
    private readonly DataOptions options;
    private readonly DataFolder folder;
    private readonly List<WarningMessage> warnings = [];

    private DataReader(string path, DataOptions options) => (this.path, this.options, folder) = (path, options, DataFolder.Find(path));

    /// <summary>Reads a file, or a folder with train, and perhaps task.json, dev and test.</summary>
    /// <exception cref="AttuneException">A file is missing or cannot be used, a row is bad, or the columns are ambiguous.</exception>
    public static Dataset Read(string path, DataOptions? options = null) => new DataReader(path, options ?? new DataOptions()).Read();

    /// <summary>Reads the inputs of a file for a known task; a label column is neither needed nor read.</summary>
    /// <exception cref="AttuneException">As reading a data set; under the policy "skip" too, since every row must have its prediction.</exception>
    public static IReadOnlyList<Input> ReadInputs(string path, TaskSpec task, DataOptions? options = null)
    {
        var known = (options ?? new DataOptions()) with { Task = task, BadRows = BadRows.Error };
        return InputsOf(RowFiles.Read(path, known), known, task);
    }

    private static List<Input> InputsOf(RawTable table, DataOptions options, TaskSpec task)
    {
        var builder = new ExampleBuilder(LayoutFinder.FindInputs(table, options, TaskOutline.Of(task)), []);
        var inputs = new List<Input>(table.Rows.Count);
        foreach (var row in table.Rows)
        {
            try
            {
                inputs.Add(builder.BuildInput(row));
            }
            catch (BadRowException e)
            {
                table.Faults.Add(row.Line, e.Message);
            }
        }

        return inputs;
    }

    /// <summary>
    /// One line of a stream as an input for a known task: a JSON object with the task's fields, or for a task of one field
    /// the text itself.
    /// </summary>
    /// <param name="number">The line's number, for messages.</param>
    /// <exception cref="AttuneException">The line is bad.</exception>
    public static Input ParseInput(string line, int number, TaskSpec task)
    {
        var isObject = line.AsSpan().TrimStart().StartsWith('{');
        var table = isObject ? JsonRows.ReadLine("standard input", line, number) : new RawTable(
            "standard input", task.Fields, [new RawRow(number, number, task.Fields.ToDictionary(f => f, _ => new Cell(CellKind.Text, line)))],
            new RowFaults("standard input", BadRows.Error), IsDelimited: false);
        if (!isObject && (task.Fields.Count > 1 || task.Kind == TaskKind.MultipleChoice))
            table.Faults.Add(number, $"no JSON object; expected one with the fields {TextList.Quote(task.Fields)}");
        return InputsOf(table, new DataOptions { Task = task }, task)[0];
    }

    private Dataset Read()
    {
        var train = RowFiles.Read(folder.Train, options);
        var dev = folder.Dev is null ? null : RowFiles.Read(folder.Dev, options);
        var test = (options.TestFile ?? folder.Test) is { } file ? RowFiles.Read(file, options) : null;
        var layout = LayoutFinder.Find(train, options, Outline());
        foreach (var other in new[] { dev, test })
            RequireColumns(other, layout, train);
        var listed = options.Task?.Labels ?? Listed() ?? [];
        var rows = new SplitRows(
            ExampleBuilder.Build(train, "train", layout, listed),
            dev is null ? [] : ExampleBuilder.Build(dev, "dev", layout, listed),
            test is null ? null : ExampleBuilder.Build(test, "test", layout, listed));
        RequireRows(rows.Train, train);
        if (test is not null)
            RequireRows(rows.Test!, test);
        var task = Task(layout, listed, rows);
        var summaries = Summaries(task, rows, train, dev, test);
        var report = DataInspector.Inspect(
            task, rows, summaries, [.. train.Columns.Select(c => new ColumnSummary(c, layout.RoleOf(c)))],
            [.. new[] { train, dev, test }.SelectMany(t => t?.Faults.Sentences ?? [])], warnings);
        var dataset = new Dataset(task, rows.Train, rows.Test, DatasetHash.Of(task, rows.Train, rows.Dev, rows.Test), report) { Dev = rows.Dev };
        return options.CountTokens is { } count ? dataset.WithTokenCounts(count) : dataset;
    }

    private IReadOnlyList<string>? Listed() =>
        folder.Task is { } json ? new JsonFields(json, $"task.json of '{folder.Name}'").Texts("labels") : null;

    private TaskOutline Outline() =>
        options.Task is { } known ? TaskOutline.Of(known)
        : folder.Task is { } json ? TaskOutline.FromJson(json, folder.Name, options.Kind)
        : TaskOutline.Unknown;

    private TaskSpec Task(Layout layout, IReadOnlyList<string> listed, SplitRows rows)
    {
        if (options.Task is { } known)
            return known;
        var labels = layout.Kind != TaskKind.Classification ? []
            : listed.Count > 0 ? listed
            : LabelFinder.Find(rows.All, path, layout.Label!, options.Kind == TaskKind.Classification, warnings);
        var task = folder.Task is { } json
            ? TaskSpec.FromJson(json, folder.Name, layout.Fields, labels)
            : new TaskSpec
            {
                Name = folder.Name,
                Kind = layout.Kind,
                Labels = labels,
                Fields = layout.Fields,
                Template = DefaultTemplates.For(layout.Kind, "", layout.Fields, labels),
            };
        task = task with { LabelColumn = layout.Label, ChoicesColumn = layout.Choices, GroupColumn = layout.Group };
        task.Template.Check(task);
        return task;
    }

    private List<FileSummary> Summaries(TaskSpec task, SplitRows rows, RawTable train, RawTable? dev, RawTable? test)
    {
        var files = new List<FileSummary>();
        foreach (var (split, table, kept) in new[] { ("train", train, rows.Train), ("dev", dev, rows.Dev), ("test", test, rows.Test) })
        {
            if (table is null)
                continue;
            files.Add(new FileSummary(split, Path.GetFileName(table.Path), kept!.Count, table.Faults.Sentences.Count));
            var all = kept.Count + table.Faults.Sentences.Count;
            if (table.Path != options.TestFile && folder.Task is not null && task.Rows.TryGetValue(split, out var announced) && announced != all)
            {
                warnings.Add(new WarningMessage(
                    string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(table.Path)} has {all} rows, and task.json says {announced}."),
                    "Check that the file is whole, or mend task.json."));
            }
        }

        if (folder.Unused.Count > 0)
        {
            warnings.Add(new WarningMessage(
                $"{TextList.Quote(folder.Unused)} {(folder.Unused.Count == 1 ? "was" : "were")} not read.",
                folder.Unused[0] == "task.json" ? "Give the folder in place of the file to use it." : "Give such a file with --test FILE to test on it."));
        }

        return files;
    }

    private static void RequireColumns(RawTable? table, Layout layout, RawTable train)
    {
        if (table is null)
            return;
        foreach (var column in layout.Inputs.Append(layout.Label).Append(layout.Choices))
        {
            if (column is not null && !table.Has(column))
                throw new AttuneException($"'{table.Path}' has no column '{column}', which '{train.Path}' has; its columns are {TextList.Quote(table.Columns)}.");
        }
    }

    private static void RequireRows(IReadOnlyList<Example> rows, RawTable table)
    {
        if (rows.Count == 0)
            throw new AttuneException($"The file '{table.Path}' has no good row; the first bad one: {table.Faults.Sentences[0]}");
    }
}
