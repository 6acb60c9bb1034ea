using System.Text.Json;

namespace Attune.Models.ChatTemplates;

/// <summary>
/// What a template computes with: null (none), bool, long, double, string, and the classes of this file. Lists and dictionaries are
/// never changed once a template can see them.
/// </summary>
internal static class JinjaValues
{
    public static object? FromJson(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String: return element.GetString();
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            case JsonValueKind.Number: return element.TryGetInt64(out var whole) && !element.GetRawText().Contains('.', StringComparison.Ordinal) ? (object)whole : element.GetDouble();
            case JsonValueKind.Array: return new JinjaList(element.EnumerateArray().Select(FromJson));
            case JsonValueKind.Object:
                var result = new JinjaDictionary();
                foreach (var property in element.EnumerateObject())
                    result.Set(property.Name, FromJson(property.Value));
                return result;
            default: return null;
        }
    }

    public static bool IsTrue(object? value) => value switch
    {
        null or JinjaUndefined => false,
        bool b => b,
        long l => l != 0,
        double d => d != 0,
        string s => s.Length > 0,
        JinjaMarkup m => m.Text.Length > 0,
        JinjaList l => l.Items.Count > 0,
        JinjaDictionary d => d.Count > 0,
        JinjaRange r => r.Count > 0,
        _ => true,
    };

    /// <summary>The text of a text, marked as safe or not; null for anything else.</summary>
    public static string? Text(object? value) => value switch
    {
        string s => s,
        JinjaMarkup m => m.Text,
        _ => null,
    };

    public static string TypeName(object? value) => value switch
    {
        null => "none",
        bool => "a boolean",
        long => "a whole number",
        double => "a number",
        string or JinjaMarkup => "a text",
        JinjaList { IsTuple: true } => "a tuple",
        JinjaList => "a list",
        JinjaDictionary => "a dictionary",
        JinjaUndefined => "an undefined value",
        JinjaNamespace => "a namespace",
        JinjaGenerator or JinjaRange => "a sequence",
        _ => "a function",
    };
}

/// <summary>A name or attribute that does not exist: empty when printed, an error when used.</summary>
internal sealed record JinjaUndefined(string What);

/// <summary>A text that is marked as safe: joined with others, it escapes them for HTML.</summary>
internal sealed record JinjaMarkup(string Text);

internal sealed class JinjaList : IEquatable<JinjaList>
{
    public JinjaList(IEnumerable<object?> items, bool isTuple = false)
    {
        Items = [.. items];
        IsTuple = isTuple;
    }

    public List<object?> Items { get; }
    public bool IsTuple { get; }

    public bool Equals(JinjaList? other) => other is not null && JinjaComparer.AreEqual(this, other);

    public override bool Equals(object? obj) => Equals(obj as JinjaList);

    public override int GetHashCode() => Items.Count;
}

/// <summary>A dictionary in the order in which its keys came.</summary>
internal sealed class JinjaDictionary
{
    private readonly Dictionary<object, int> _places = new(JinjaComparer.Keys);
    private readonly List<KeyValuePair<object?, object?>> _items = [];
    private static readonly object NoneKey = new();

    public int Count => _items.Count;
    public IReadOnlyList<KeyValuePair<object?, object?>> Items => _items;

    public void Set(object? key, object? value)
    {
        if (_places.TryGetValue(key ?? NoneKey, out var place))
        {
            _items[place] = new(_items[place].Key, value);
            return;
        }
        _places[key ?? NoneKey] = _items.Count;
        _items.Add(new(key, value));
    }

    public bool TryGet(object? key, out object? value)
    {
        var found = _places.TryGetValue(key ?? NoneKey, out var place);
        value = found ? _items[place].Value : null;
        return found;
    }
}

/// <summary>A bag of attributes that a template can assign to.</summary>
internal sealed class JinjaNamespace
{
    public Dictionary<string, object?> Attributes { get; } = new(StringComparer.Ordinal);
}

/// <summary>What filters like map give: it can be gone through once.</summary>
internal sealed class JinjaGenerator(IEnumerable<object?> items)
{
    private List<object?>? _items = [.. items];

    public List<object?> TakeAll()
    {
        var result = _items ?? [];
        _items = null;
        return result;
    }
}

/// <summary>range(start, stop, step).</summary>
internal sealed record JinjaRange(long Start, long Step, int Count)
{
    public IEnumerable<object?> Items => Enumerable.Range(0, Count).Select(i => (object?)(Start + i * Step));
}

/// <summary>The arguments of a call.</summary>
internal sealed record JinjaCallArguments(IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named)
{
    public static readonly JinjaCallArguments None = new([], new Dictionary<string, object?>());

    public int Count => Positional.Count + Named.Count;

    /// <summary>An argument by place or name.</summary>
    public bool TryGet(int place, string name, out object? value)
    {
        if (place < Positional.Count)
        {
            value = Positional[place];
            return true;
        }
        return Named.TryGetValue(name, out value);
    }

    public object? Get(int place, string name, object? fallback = null) => TryGet(place, name, out var value) ? value : fallback;

    public object? Required(int place, string name) => TryGet(place, name, out var value)
        ? value
        : throw new JinjaError($"the argument '{name}' is missing");

    public string Text(int place, string name, string fallback) => TryGet(place, name, out var value)
        ? JinjaValues.Text(value) ?? throw new JinjaError($"the argument '{name}' is {JinjaValues.TypeName(value)}, but a text was expected")
        : fallback;

    public int Integer(int place, string name, int fallback) => !TryGet(place, name, out var value)
        ? fallback
        : value switch
        {
            bool b => b ? 1 : 0,
            long l and >= int.MinValue and <= int.MaxValue => (int)l,
            _ => throw new JinjaError($"the argument '{name}' is {JinjaValues.TypeName(value)}, but a whole number was expected"),
        };

    public bool Flag(int place, string name, bool fallback) => TryGet(place, name, out var value) ? JinjaValues.IsTrue(value) : fallback;

    public JinjaCallArguments Skip(int count) => new([.. Positional.Skip(count)], Named);
}

/// <summary>A function, method or macro.</summary>
internal sealed record JinjaFunction(string Name, Func<JinjaCallArguments, object?> Call);

/// <summary>What went wrong in an operation; the interpreter adds the line.</summary>
internal sealed class JinjaError(string what) : Exception(what);
