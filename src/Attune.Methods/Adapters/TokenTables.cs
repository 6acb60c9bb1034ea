using System.Text.Json.Nodes;

namespace Attune.Methods.Adapters;

/// <summary>Tables of embeddings of which some rows are trained.</summary>
internal static class TokenTables
{
    /// <param name="name">The table's name or its end.</param>
    /// <param name="indices">The rows, as JSON.</param>
    /// <param name="part">What the tensor is called behind the table's name.</param>
    public static void Add(AdapterReader reader, string name, JsonNode? indices, string part)
    {
        var target = reader.Modules.FirstOrDefault(m => m.Table is not null && (m.Name == name || m.Name.EndsWith("." + name, StringComparison.Ordinal)))
            ?? throw reader.Refused($"trains rows of '{name}', which {reader.Model.Architecture} has no table of; it was made for another model");
        int[] tokens = indices is JsonArray list ? [.. list.Select(i => (int)i!)] : throw reader.Refused($"lists the tokens of '{name}' as {indices?.ToJsonString()}, expected whole numbers");
        var table = target.Table!;
        if (tokens.FirstOrDefault(t => (uint)t >= (uint)table.Rows, -1) is var outside and >= 0)
            throw reader.Refused(FormattableString.Invariant($"trains row {outside} of '{name}', which has {table.Rows}; it was made for another model"));
        var rows = new TrainedRows(table, tokens, reader.Trained(target, part, tokens.Length, table.Columns));
        reader.Add(table, rows);
        // A tied head uses them too, and PEFT may write them a second time under its name.
        foreach (var head in reader.Modules.Where(m => m.Linear?.Tied == table))
        {
            reader.Add(head.Linear!, rows);
            if (reader.Has(AdapterReader.NameOf(head, part)))
                reader.Derive(AdapterReader.NameOf(head, part), rows.Numbers, tokens.Length, table.Columns);
        }
    }
}
