using System.Globalization;
using System.Text;
using System.Text.Json;
using Attune.Tensors;

namespace Attune.Data;

/// <summary>Rows of JSON Lines, and of a JSON list of objects.</summary>
internal static class JsonRows
{
    /// <summary>A JSON list is held in memory as a whole; JSON Lines are not.</summary>
    private const long ListLimit = 256L << 20;

    public static RawTable ReadLines(string path, BadRows policy)
    {
        var table = new Builder(path, policy);
        using var reader = StrictTextReader.Open(path);
        while (reader.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
                Add(table, line, reader.Line);
        }

        return table.Done();
    }

    /// <summary>A table of one line; what is wrong with it is an error.</summary>
    public static RawTable ReadLine(string source, string line, int number)
    {
        var table = new Builder(source, BadRows.Error);
        Add(table, line, number);
        return table.Done();
    }

    private static void Add(Builder table, string line, int number)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            table.Add(number, document.RootElement);
        }
        catch (JsonException e)
        {
            table.Fault(number, string.Create(CultureInfo.InvariantCulture, $"not a JSON object (wrong at byte {(e.BytePositionInLine ?? 0) + 1}); expected one object a line"));
        }
    }

    public static RawTable ReadList(string path, BadRows policy)
    {
        if (new FileInfo(path).Length > ListLimit)
            throw new AttuneException($"The file '{path}' is a JSON list of more than {ListLimit >> 20} MiB; write it as JSON Lines, one object a line.");
        using var text = StrictTextReader.Open(path, int.MaxValue);
        var bytes = Encoding.UTF8.GetBytes(text.ReadToEnd());
        var table = new Builder(path, policy);
        try
        {
            ReadList(bytes, table);
        }
        catch (JsonException e)
        {
            throw new AttuneException(
                string.Create(CultureInfo.InvariantCulture, $"{path} line {(e.LineNumber ?? 0) + 1}: not JSON (wrong at byte {(e.BytePositionInLine ?? 0) + 1}); expected one list of objects."));
        }

        return table.Done();
    }

    private static void ReadList(byte[] bytes, Builder table)
    {
        var reader = new Utf8JsonReader(bytes);
        reader.Read();
        var (line, counted) = (1, 0);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var at = (int)reader.TokenStartIndex;
            line += bytes.AsSpan(counted..at).Count((byte)'\n');
            counted = at;
            using var document = JsonDocument.ParseValue(ref reader);
            table.Add(line, document.RootElement);
        }

        reader.Read();
    }

    private sealed class Builder(string path, BadRows policy)
    {
        private readonly OrderedDictionary<string, bool> columns = new(StringComparer.Ordinal);
        private readonly List<RawRow> rows = [];
        private readonly RowFaults faults = new(path, policy);
        private int number;

        public void Fault(int line, string reason)
        {
            number++;
            faults.Add(line, reason);
        }

        public void Add(int line, JsonElement row)
        {
            number++;
            try
            {
                var cells = Cells(row);
                foreach (var name in cells.Keys)
                    columns.TryAdd(name, true);
                rows.Add(new RawRow(number, line, cells));
            }
            catch (BadRowException e)
            {
                faults.Add(line, e.Message);
            }
        }

        public RawTable Done() => new(path, [.. columns.Keys], rows, faults, IsDelimited: false);

        private static Dictionary<string, Cell> Cells(JsonElement row)
        {
            if (row.ValueKind != JsonValueKind.Object)
                throw new BadRowException($"{JsonFields.Describe(row)}; expected an object");
            var cells = new Dictionary<string, Cell>(StringComparer.Ordinal);
            try
            {
                foreach (var property in row.EnumerateObject())
                {
                    if (!cells.TryAdd(property.Name, ToCell(property.Value)))
                        throw new BadRowException($"'{property.Name}' twice; expected each name once");
                }
            }
            catch (InvalidOperationException)
            {
                // A \u escape of half a surrogate pair has no text.
                throw new BadRowException("a \\u escape that is half of a surrogate pair; expected both halves");
            }

            return cells;
        }

        private static Cell ToCell(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.String => new Cell(CellKind.Text, value.GetString()!),
            JsonValueKind.Number => new Cell(CellKind.Number, value.GetRawText()),
            JsonValueKind.True or JsonValueKind.False => new Cell(CellKind.Boolean, value.GetRawText()),
            JsonValueKind.Null => new Cell(CellKind.Null, ""),
            _ => new Cell(CellKind.Json, RequireTexts(value).GetRawText()),
        };

        /// <summary>Reads every text inside once, so that a bad escape is found here.</summary>
        private static JsonElement RequireTexts(JsonElement value)
        {
            if (value.ValueKind == JsonValueKind.String)
                value.GetString();
            else if (value.ValueKind == JsonValueKind.Array)
                value.EnumerateArray().ToList().ForEach(v => RequireTexts(v));
            else if (value.ValueKind == JsonValueKind.Object)
                value.EnumerateObject().ToList().ForEach(p => RequireTexts(p.Value));
            return value;
        }
    }
}
