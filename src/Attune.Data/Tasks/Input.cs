namespace Attune.Data;

/// <summary>
/// What predicting sees of a row: its fields in order, and for multiple choice the choices. Nothing here leads to a label.
/// </summary>
public sealed record Input(IReadOnlyDictionary<string, string> Fields, IReadOnlyList<string>? Choices = null)
{
    /// <summary>A row with the one field "text".</summary>
    public static Input FromText(string text) => new(new OrderedDictionary<string, string>(StringComparer.Ordinal) { ["text"] = text });

    /// <summary>The one field's text, or with several fields one line "name: value" for each.</summary>
    public string Text => Fields.Count == 1
        ? Fields.Values.First()
        : string.Join('\n', Fields.Select(f => $"{f.Key}: {f.Value}"));

    /// <summary>The same fields, each holding <paramref name="text"/>: the content-free input of calibration and PMI.</summary>
    public Input WithEveryField(string text)
    {
        var fields = new OrderedDictionary<string, string>(Fields.Count, StringComparer.Ordinal);
        foreach (var name in Fields.Keys)
            fields[name] = text;
        return new Input(fields, Choices);
    }
}
