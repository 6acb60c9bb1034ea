namespace Attune.Data;

/// <summary>The type of a value as its file gives it; in tables every value is a text.</summary>
internal enum CellKind
{
    Text,
    Number,
    Boolean,
    Null,
    Json,
}

/// <summary>A value of a row: the text, or for a list or object its JSON.</summary>
internal readonly record struct Cell(CellKind Kind, string Text)
{
    public string Describe() => Kind switch
    {
        CellKind.Text => "a text",
        CellKind.Number => "a number",
        CellKind.Boolean => "a boolean",
        CellKind.Null => "null",
        _ => Text.StartsWith('[') ? "a list" : "an object",
    };
}
