using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Methods;
using Attune.Tensors;

namespace Attune.Cli.Settings;

/// <summary>One --set METHOD.OPTION=VALUE.</summary>
internal sealed record SetOption(string Text, string Method, string Option, string Value)
{
    /// <exception cref="AttuneException">The text has another form.</exception>
    public static SetOption Parse(string text)
    {
        var equals = text.IndexOf('=');
        var dot = equals < 0 ? -1 : text.LastIndexOf('.', equals);
        if (dot <= 0 || equals <= dot + 1)
            throw new AttuneException($"--set {text}: expected METHOD.OPTION=VALUE, for instance lora.rank=16");
        return new SetOption(text, text[..dot], text[(dot + 1)..equals], text[(equals + 1)..]);
    }

    /// <summary>Whether it is for a method that results call by one name and the catalog by another.</summary>
    public bool IsFor(string name, string method) => Method == name || Method == method;

    /// <summary>Puts the value into the options' JSON and reads them.</summary>
    /// <exception cref="AttuneException">The option is unknown or the value has the wrong type.</exception>
    public MethodOptions Apply(IMethod method, JsonObject json)
    {
        var known = Catalog.Options(method);
        var option = known.FirstOrDefault(o => o.Name == Option)
            ?? throw new AttuneException($"--set {Text}: {method.Card.Name} has no option '{Option}'{Nearest.Hint(Option, known.Select(o => o.Name))} ('attune methods {method.Card.Name}' lists them)");
        AttuneException? first = null;
        foreach (var value in Readings(option))
        {
            json[Option] = value;
            try
            {
                return OptionsJson.Read(method, json);
            }
            catch (AttuneException e)
            {
                first ??= e;
            }
        }
        throw new AttuneException($"--set {Text}: expected {option.Type} for '{Option}' ({option.Meaning.TrimEnd('.')})", AttuneErrorKind.Request, first);
    }

    /// <summary>What the value may mean: a list, a literal of JSON, a text.</summary>
    private IEnumerable<JsonNode?> Readings(MethodOption option)
    {
        if (option.Type == "list" && !Value.StartsWith('['))
        {
            yield return new JsonArray([.. Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(YamlText.Plain)]);
            yield return JsonText.Array(Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }
        if (Value.StartsWith('[') && TryJson(Value) is { } list)
            yield return list;
        yield return YamlText.Plain(Value);
        yield return JsonValue.Create(Value);
    }

    private static JsonNode? TryJson(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
