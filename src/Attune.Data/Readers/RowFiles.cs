using Attune.Tensors;

namespace Attune.Data;

/// <summary>Which format a file is in: by the ending of its name, or by its first character where that says nothing.</summary>
internal static class RowFiles
{
    public static readonly string[] Endings = [".jsonl", ".ndjson", ".json", ".csv", ".tsv"];

    public static RawTable Read(string path, DataOptions options)
    {
        var table = ReadAny(path, options);
        if (options.Columns is not null && !table.IsDelimited)
            throw new AttuneException($"--columns names the columns of a table without a header, and '{path}' is JSON; leave --columns out.");
        if (table.Columns.Count == 0 && table.Faults.Sentences.Count == 0)
            throw new AttuneException($"The file '{path}' is empty; expected one row at least.");
        if (table.Rows.Count == 0)
        {
            throw new AttuneException(table.Faults.Sentences is [var first, ..]
                ? $"The file '{path}' has no good row; the first bad one: {first}"
                : $"The file '{path}' has a header ({string.Join(", ", table.Columns)}) and no rows; expected one row at least.");
        }

        return table;
    }

    private static RawTable ReadAny(string path, DataOptions options) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".jsonl" or ".ndjson" => JsonRows.ReadLines(path, options.BadRows),
        ".csv" => DelimitedRows.Read(path, tabs: false, options),
        ".tsv" => DelimitedRows.Read(path, tabs: true, options),
        ".json" or _ => FirstCharacter(path) switch
        {
            '[' => JsonRows.ReadList(path, options.BadRows),
            '{' or null => JsonRows.ReadLines(path, options.BadRows),
            _ => throw new AttuneException($"The format of '{path}' cannot be told from its name or its first character; expected a name that ends in {string.Join(", ", Endings)}."),
        },
    };

    private static char? FirstCharacter(string path)
    {
        using var reader = StrictTextReader.Open(path);
        return reader.PeekFirst();
    }
}
