using System.Text.Json.Nodes;
using Attune.Tensors;

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
        var table = target.Table!;
        var tokens = Tokens(reader, name, indices, table.Rows);
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

    /// <summary>The rows that are trained: within the table, each once.</summary>
    private static int[] Tokens(AdapterReader reader, string name, JsonNode? indices, int rows)
    {
        AttuneException NoNumbers() => reader.Refused($"lists the tokens of '{name}' as {indices?.ToJsonString() ?? "null"}, expected whole numbers");
        int[] tokens = indices is JsonArray list ? [.. list.Select(i => AdapterReader.AsInteger(i) ?? throw NoNumbers())] : throw NoNumbers();
        var seen = new HashSet<int>();
        foreach (var token in tokens)
            if ((uint)token >= (uint)rows)
                throw reader.Refused(FormattableString.Invariant($"trains row {token} of '{name}', which has {rows}; it was made for another model"));
            else if (!seen.Add(token))
                throw reader.Refused(FormattableString.Invariant($"trains row {token} of '{name}' twice; expected each row once"));
        return tokens;
    }
}
