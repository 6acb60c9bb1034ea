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

    /// <summary>The list of spans as JSON, each an object with slot, start and end.</summary>
    public static string Spans(Cell cell, string name)
    {
        var json = Parse(cell);
        if (json is not { ValueKind: JsonValueKind.Array } list)
            throw Wrong(name, cell, "a list of spans");
        foreach (var span in list.EnumerateArray())
        {
            if (span.ValueKind != JsonValueKind.Object
                || !span.TryGetProperty("slot", out var slot) || slot.ValueKind != JsonValueKind.String
                || !Place(span, "start", out var start) || !Place(span, "end", out var end) || start < 0 || end < start)
            {
                throw new BadRowException($"'{name}' holds a span that is not {{slot, start, end}} with 0 ≤ start ≤ end");
            }
        }

        return cell.Text;
    }

    /// <summary>The turns before the last as JSON, and the last one's text, which must be the assistant's.</summary>
    public static (string Before, string Reply) Conversation(Cell cell, string name)
    {
        if (Parse(cell) is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() < 2)
            throw Wrong(name, cell, "a list of two turns or more");
        var turns = list.EnumerateArray().ToList();
        foreach (var turn in turns)
        {
            if (Content(turn, "role") is null || Content(turn, "content") is null)
                throw new BadRowException($"'{name}' holds a turn that is not {{role, content}}");
        }

        if (Content(turns[^1], "role") != "assistant")
            throw new BadRowException($"'{name}' does not end with a turn of the assistant; expected its reply last");
        return ("[" + string.Join(',', turns.SkipLast(1).Select(t => t.GetRawText())) + "]", Content(turns[^1], "content")!);
    }

    private static string? Content(JsonElement turn, string name) =>
        turn.ValueKind == JsonValueKind.Object && turn.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Place(JsonElement span, string name, out int place)
    {
        place = 0;
        return span.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out place);
    }

    private static IReadOnlyList<string>? Texts(Cell cell)
    {
        if (Parse(cell) is not { ValueKind: JsonValueKind.Array } list || list.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.String))
            return null;
        return [.. list.EnumerateArray().Select(v => v.GetString()!)];
    }

    /// <summary>The JSON of a list or object, in a table also of a text that begins as a list.</summary>
    private static JsonElement? Parse(Cell cell)
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
