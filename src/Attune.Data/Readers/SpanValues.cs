using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Attune.Data;

/// <summary>Spans of a row: a list of {slot, start, end} and perhaps value, counted in Unicode characters (code points) of the input, the end not included.</summary>
internal static class SpanValues
{
    /// <summary>The list as its JSON.</summary>
    /// <param name="text">The input that the spans lie in; null where there are several fields, so that nothing is checked against it.</param>
    /// <exception cref="BadRowException">It is no list of spans, or a span lies outside the text or is not what its value says.</exception>
    public static string Read(Cell cell, string name, string? text)
    {
        if (RowValues.Parse(cell) is not { ValueKind: JsonValueKind.Array } list)
            throw new BadRowException($"'{name}' is {cell.Describe()}; expected a list of spans");
        var runes = text?.EnumerateRunes().ToArray();
        foreach (var span in list.EnumerateArray())
        {
            if (span.ValueKind != JsonValueKind.Object
                || !span.TryGetProperty("slot", out var slot) || slot.ValueKind != JsonValueKind.String
                || !Place(span, "start", out var start) || !Place(span, "end", out var end) || start < 0 || end < start)
            {
                throw new BadRowException($"'{name}' holds a span that is not {{slot, start, end}} with 0 ≤ start ≤ end");
            }
            if (runes is not null)
                RequireInside(span, name, start, end, runes);
        }
        return cell.Text;
    }

    private static void RequireInside(JsonElement span, string name, int start, int end, Rune[] text)
    {
        if (end > text.Length)
            throw new BadRowException(string.Create(CultureInfo.InvariantCulture, $"'{name}' holds a span up to character {end}, and the text has {text.Length}"));
        var found = string.Concat(text[start..end]);
        if (span.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String && value.GetString() != found)
            throw new BadRowException(string.Create(CultureInfo.InvariantCulture, $"'{name}' says that characters {start} to {end} are '{value.GetString()}', and they are '{found}'"));
    }

    private static bool Place(JsonElement span, string name, out int place)
    {
        place = 0;
        return span.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out place);
    }
}
