using System.Text.Json;
using System.Text.Unicode;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>Reads fields of JSON objects with errors that name the place, what was found and what was expected.</summary>
internal static class JsonFields
{
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, string what)
    {
        if (!Utf8.IsValid(utf8.Span))
            throw new AttuneException($"{what} is not valid JSON (it is not UTF-8); fetch it again or mend it.");
        try
        {
            return JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 64 });
        }
        catch (JsonException e)
        {
            throw new AttuneException($"{what} is not valid JSON ({FirstSentence(e.Message)}); fetch it again or mend it.", inner: e);
        }
    }

    /// <summary>The field, or null where it is missing or null.</summary>
    public static JsonElement? Field(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Wrong(name, element, "an object around it");
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public static JsonElement Required(this JsonElement element, string name) =>
        element.Field(name) ?? throw new AttuneException($"The tokenizer's file lacks '{name}', without which it says nothing; fetch it again or mend it.");

    public static string Text(this JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Wrong(name, element, "a text");
        }
        catch (InvalidOperationException e)
        {
            throw new AttuneException($"'{name}' in the tokenizer's file holds half a surrogate pair, which is no character; mend it.", inner: e);
        }
    }

    public static string? OptionalText(this JsonElement element, string name) => element.Field(name)?.Text(name);

    public static string RequiredText(this JsonElement element, string name) => element.Required(name).Text(name);

    public static bool? Flag(this JsonElement element, string name) => element.Field(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Wrong(name, other, "true or false"),
    };

    /// <summary>A token id: a whole number that an array over ids can hold.</summary>
    public static int Id(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var id) && id is >= 0 and < Vocabulary.MaximumSize
            ? id
            : throw Wrong(name, element, $"a token id between 0 and {Vocabulary.MaximumSize - 1}");

    public static int? Integer(this JsonElement element, string name) => element.Field(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var value) => value,
        { } other => throw Wrong(name, other, "a whole number"),
    };

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw Wrong(name, element, "an array");

    /// <summary>The names and values of an object. A name that is no text, by half a surrogate pair, is an error.</summary>
    public static IEnumerable<(string Name, JsonElement Value)> Properties(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Wrong(name, element, "an object");
        foreach (var property in element.EnumerateObject())
        {
            string key;
            try
            {
                key = property.Name;
            }
            catch (InvalidOperationException e)
            {
                throw new AttuneException($"A name in '{name}' of the tokenizer's file holds half a surrogate pair, which is no character; mend it.", inner: e);
            }
            yield return (key, property.Value);
        }
    }

    public static AttuneException Wrong(string name, JsonElement found, string expected) =>
        new($"'{name}' in the tokenizer's file is {Describe(found)}, but {expected} was expected; fetch the file again or mend it.");

    /// <summary>The error for a component that is not known: it is never left out silently.</summary>
    public static AttuneException Unknown(string component, string? type, string known) =>
        new($"The tokenizer's file asks for the {component} '{type}', which is not known (known: {known}); use another export of the tokenizer.");

    private static string Describe(JsonElement element)
    {
        var raw = element.GetRawText();
        return raw.Length <= 60 ? raw : string.Concat(raw.AsSpan(0, 60), "…");
    }

    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? message.TrimEnd('.') : message[..end];
    }
}
