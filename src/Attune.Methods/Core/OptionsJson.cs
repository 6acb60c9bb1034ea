using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Attune.Tensors;

namespace Attune.Methods;

/// <summary>Options as JSON, in kebab-case: what run files, saved adaptations and identities use.</summary>
public static class OptionsJson
{
    private static readonly JsonSerializerOptions Settings = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public static string Name(string property) => JsonNamingPolicy.KebabCaseLower.ConvertName(property);

    /// <summary>Every option with its value; equal texts mean equal options.</summary>
    public static string Write(MethodOptions options) => JsonSerializer.Serialize(options, options.GetType(), Settings);

    /// <summary>The method's defaults with what the object sets.</summary>
    /// <exception cref="AttuneException">An option is unknown or its value has the wrong type.</exception>
    public static MethodOptions Read(IMethod method, JsonObject? set)
    {
        var type = method.DefaultOptions.GetType();
        var all = JsonNode.Parse(Write(method.DefaultOptions))!.AsObject();
        foreach (var (name, value) in set ?? [])
        {
            if (!all.ContainsKey(name))
                throw new AttuneException($"{method.Card.Name} has no option '{name}'; its options are {(all.Count == 0 ? "none" : string.Join(", ", all.Select(p => p.Key)))}");
            all[name] = value?.DeepClone();
        }
        try
        {
            return (MethodOptions)all.Deserialize(type, Settings)!;
        }
        catch (JsonException e)
        {
            throw new AttuneException($"an option of {method.Card.Name} has a value of the wrong type ({e.Path}); see 'attune methods {method.Card.Name}'", AttuneErrorKind.Request, e);
        }
    }

    internal static string TypeName(Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        if (inner.IsEnum)
            return string.Join('|', Enum.GetNames(inner).Select(Name));
        if (inner == typeof(string))
            return "text";
        if (inner.IsAssignableTo(typeof(IEnumerable)))
            return "list";
        return inner == typeof(bool) ? "true|false" : inner == typeof(int) ? "whole number" : "number";
    }

    internal static string Show(object? value) => value switch
    {
        null => "chosen by the method",
        string s => s,
        Enum e => Name(e.ToString()),
        bool b => b ? "true" : "false",
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => string.Join(",", list.Cast<object>().Select(Show)),
        _ => value.ToString() ?? "",
    };
}
