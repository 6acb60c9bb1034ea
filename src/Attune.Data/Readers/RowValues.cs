using System.Globalization;
using System.Text.Json;

namespace Attune.Data;

/// <summary>Values of a row as the kinds of task need them; each says what it expected where it does not find it.</summary>
internal static class RowValues
{
    public static Cell Get(RawRow row, string name) => row.Cells.TryGetValue(name, out var cell)
        ? cell
        : throw new BadRowException($"no '{name}'; expected every row to have it");

    public static string Text(RawRow row, string name)
    {
        var cell = Get(row, name);
        return cell.Kind == CellKind.Text ? cell.Text : throw Wrong(name, cell, "a text");
    }

    /// <summary>A class: a text, or a number or boolean as it is written.</summary>
    public static string Class(Cell cell, string name)
    {
        if (cell.Kind is CellKind.Null or CellKind.Json)
            throw Wrong(name, cell, "a label");
        return string.IsNullOrWhiteSpace(cell.Text) ? throw new BadRowException($"'{name}' is empty; expected a label") : cell.Text;
    }

    public static string Number(Cell cell, string name) =>
        cell.Kind is CellKind.Text or CellKind.Number
        && double.TryParse(cell.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? cell.Text.Trim()
            : throw new BadRowException($"'{name}' is '{cell.Text}'; expected a number");

    /// <summary>One answer, or a list of them.</summary>
    public static IReadOnlyList<string> Answers(Cell cell, string name)
    {
        if (cell.Kind is CellKind.Text or CellKind.Number)
            return cell.Text.Length > 0 ? [cell.Text] : throw new BadRowException($"'{name}' is empty; expected a text");
        return Texts(cell) is { Count: > 0 } answers ? answers : throw Wrong(name, cell, "a text, or a list of texts");
    }

    /// <summary>Further right answers: a list, in a table a list in JSON, or one text; none where the cell is empty.</summary>
    public static IReadOnlyList<string> References(Cell cell, string name) =>
        cell.Kind == CellKind.Null || cell.Text.Length == 0 ? [] : Texts(cell) ?? Answers(cell, name);

    /// <summary>The choices: a list, or in a table a list in JSON or texts between bars (a|b|c).</summary>
    public static IReadOnlyList<string> Choices(Cell cell, string name)
    {
        var choices = Texts(cell) ?? (cell.Kind == CellKind.Text ? [.. cell.Text.Split('|').Select(c => c.Trim())] : null);
        if (choices is null)
            throw Wrong(name, cell, "a list of texts");
        if (choices.Count < 2)
            throw new BadRowException(string.Create(CultureInfo.InvariantCulture, $"'{name}' holds {choices.Count} choice; expected two or more"));
        if (choices.Any(string.IsNullOrWhiteSpace))
            throw new BadRowException($"'{name}' holds an empty choice; expected a text for each");
        if (choices.GroupBy(c => c, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new BadRowException($"'{name}' holds the choice '{twice.Key}' twice; expected each once");
        return choices;
    }

    /// <summary>The text of the right choice, given as that text, as a letter (A, B, …) or as a number counted from 0.</summary>
    public static string Choice(Cell cell, IReadOnlyList<string> choices)
    {
        var text = cell.Text.Trim();
        if (cell.Kind == CellKind.Text && (choices.Contains(cell.Text) || choices.Contains(text)))
            return choices.Contains(cell.Text) ? cell.Text : text;
        if (cell.Kind is CellKind.Text or CellKind.Number && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < choices.Count)
            return choices[index];
        if (cell.Kind == CellKind.Text && text is [>= 'A' and <= 'Z' and var letter] && letter - 'A' < choices.Count)
            return choices[letter - 'A'];
        throw new BadRowException(string.Create(CultureInfo.InvariantCulture,
            $"the label '{text}' is none of the {choices.Count} choices; expected a choice's text, its letter from A, or its number from 0"));
    }

    private static IReadOnlyList<string>? Texts(Cell cell)
    {
        if (Parse(cell) is not { ValueKind: JsonValueKind.Array } list || list.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.String))
            return null;
        return [.. list.EnumerateArray().Select(v => v.GetString()!)];
    }

    /// <summary>The JSON of a list or object, in a table also of a text that begins as a list.</summary>
    public static JsonElement? Parse(Cell cell)
    {
        if (cell.Kind != CellKind.Json && !(cell.Kind == CellKind.Text && cell.Text.StartsWith('[')))
            return null;
        try
        {
            return JsonElement.Parse(cell.Text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static BadRowException Wrong(string name, Cell cell, string expected) => new($"'{name}' is {cell.Describe()}; expected {expected}");
}
