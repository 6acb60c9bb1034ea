using System.Globalization;
using Attune.Tensors;
using CsvHelper;

namespace Attune.Data;

/// <summary>
/// Rows of comma-separated files (RFC 4180: quotes enclose a field, and are doubled within) and of tab-separated ones,
/// in which a quote is a character like any other. A quote inside a field that does not begin with one is text in both.
/// </summary>
internal sealed class DelimitedRows(string path, bool tabs, DataOptions options)
{
    private readonly RowFaults faults = new(path, options.BadRows);
    private readonly List<RawRow> rows = [];
    private CsvMalformedReason? malformed;

    public static RawTable Read(string path, bool tabs, DataOptions options) => new DelimitedRows(path, tabs, options).Read();

    private RawTable Read()
    {
        using var text = StrictTextReader.Open(path);
        using var reader = CsvReader.Create(text, Settings(), leaveOpen: true);
        var columns = options.Columns is { } given ? CheckNames(given) : null;
        var number = 0;
        while (ReadRecord(reader))
        {
            var line = (int)reader.LineNumber;
            string[] values = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)];
            if (columns is null)
            {
                if (malformed == CsvMalformedReason.TextAfterClosingQuote)
                    throw Wrong(line, TextAfterQuote);
                columns = CheckNames([.. values.Select(n => n.Trim())]);
                continue;
            }

            number++;
            if (number == 1 && values.Select(v => v.Trim()).SequenceEqual(columns))
                throw new AttuneException($"The first row of '{path}' repeats the names of its columns ({string.Join(", ", columns)}); remove it, or leave --columns out if it is the header.");
            Add(number, line, values, columns);
        }

        return new RawTable(path, columns ?? [], rows, faults, IsDelimited: true);
    }

    private CsvReaderOptions Settings() => new()
    {
        Separator = tabs ? '\t' : ',',
        Mode = tabs ? CsvMode.NoEscape : CsvMode.Rfc4180,
        HasHeader = false,
        TrackLineNumbers = true,
        MaxRecordSize = StrictTextReader.DefaultLineLimit,
        OnMalformedRecord = r => malformed = r.Reason,
    };

    private bool ReadRecord(CsvReader reader)
    {
        malformed = null;
        try
        {
            if (!reader.Read())
                return false;
        }
        catch (CsvFormatException e)
        {
            throw Wrong(e.LineNumber, string.Create(CultureInfo.InvariantCulture, $"a row of more than {StrictTextReader.DefaultLineLimit >> 20} MiB; is a quote never closed?"));
        }

        // A quote in the wrong place may have swallowed other rows, so this cannot be skipped as one bad row.
        if (malformed is { } reason && (reason == CsvMalformedReason.UnterminatedQuote || reader.RawRecord.Contains((byte)'\n')))
            throw Wrong(reader.LineNumber, "a quote that is never closed; close it, or double a quote that is part of the text");
        return true;
    }

    private const string TextAfterQuote = "text after a closing quote; expected the whole field in quotes, with quotes inside doubled";

    private void Add(int number, int line, string[] values, IReadOnlyList<string> columns)
    {
        if (malformed == CsvMalformedReason.TextAfterClosingQuote)
        {
            faults.Add(line, TextAfterQuote);
            return;
        }

        if (values.Length != columns.Count)
        {
            faults.Add(line, string.Create(CultureInfo.InvariantCulture, $"{values.Length} {(values.Length == 1 ? "field" : "fields")}; expected {columns.Count} ({string.Join(", ", columns)})"));
            return;
        }

        var cells = new Dictionary<string, Cell>(StringComparer.Ordinal);
        for (var i = 0; i < values.Length; i++)
            cells[columns[i]] = new Cell(CellKind.Text, values[i]);
        rows.Add(new RawRow(number, line, cells));
    }

    private IReadOnlyList<string> CheckNames(IReadOnlyList<string> names)
    {
        var twice = names.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
            throw new AttuneException($"The header of '{path}' has the column '{twice.Key}' twice; give each its own name.");
        if (names.Count == 1 && !tabs && names[0].AsSpan().ContainsAny(';', '\t'))
            throw new AttuneException($"The header of '{path}' is one column '{names[0]}'; expected commas between columns (or a name that ends in .tsv for tabs).");
        return names;
    }

    private AttuneException Wrong(long line, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{path} line {line}: {what}."));
}
