namespace Attune.Models.ChatTemplates;

/// <summary>Attributes, items and methods of values. Methods that would change a value do not exist here, as in Jinja's sandbox.</summary>
internal sealed class JinjaMethods(JinjaRun run, JinjaPrinter printer, JinjaOperators operators)
{
    private readonly JinjaTextMethods _text = new(run, printer, operators);

    /// <summary>value.name: a method or attribute first, then an item of that name.</summary>
    public object? Attribute(object? value, string name)
    {
        var found = value switch
        {
            JinjaUndefined undefined => throw new JinjaError($"{undefined.What} is undefined, so it has no '{name}'"),
            string or JinjaMarkup => _text.Find(JinjaValues.Text(value)!, name),
            JinjaDictionary dictionary => DictionaryMethod(dictionary, name),
            JinjaList list => ListMethod(list, name),
            JinjaLoop loop => loop.Attribute(name),
            JinjaNamespace ns when ns.Attributes.TryGetValue(name, out var attribute) => attribute ?? NoneFound,
            JinjaStateful stateful => stateful.Attribute(name),
            _ => null,
        };
        if (found is not null)
            return ReferenceEquals(found, NoneFound) ? null : found;
        if (value is JinjaDictionary items && items.TryGet(name, out var item))
            return item;
        return new JinjaUndefined($"'{name}' of {JinjaValues.TypeName(value)}");
    }

    private static readonly object NoneFound = new();

    /// <summary>value[key]: an item first, then an attribute of that name.</summary>
    public object? Item(object? value, object? key)
    {
        switch (value)
        {
            case JinjaUndefined undefined:
                throw new JinjaError($"{undefined.What} is undefined, so it has no items");
            case JinjaDictionary dictionary when dictionary.TryGet(key, out var item):
                return item;
            case JinjaList list when Index(key, list.Items.Count) is { } place:
                return list.Items[place];
            case JinjaRange range when Index(key, range.Count) is { } place:
                return range.Start + range.Step * place;
            case string or JinjaMarkup when key is long or bool:
                var text = JinjaValues.Text(value)!;
                run.Step(text.Length);
                var characters = JinjaText.Characters(text);
                if (Index(key, characters.Count) is { } at)
                    return characters[at];
                break;
        }
        if (JinjaValues.Text(key) is { } name)
            return Attribute(value, name);
        return new JinjaUndefined($"the item {printer.Print(new JinjaList([key]))} of {JinjaValues.TypeName(value)}");
    }

    /// <summary>An attribute by a path with dots, whose numbers are indices, as filters take it.</summary>
    public object? Path(object? value, object? path)
    {
        if (JinjaValues.Text(path) is not { } text)
            return Item(value, path);
        foreach (var part in text.Split('.'))
            value = Item(value, long.TryParse(part, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index) ? index : part);
        return value;
    }

    private static int? Index(object? key, int count)
    {
        if (key is not (long or bool))
            return null;
        var index = key is bool b ? (b ? 1 : 0) : (long)key;
        if (index < 0)
            index += count;
        return index >= 0 && index < count ? (int)index : null;
    }

    private JinjaFunction? DictionaryMethod(JinjaDictionary dictionary, string name) => name switch
    {
        "items" => new(name, _ => Sized(dictionary.Items.Select(i => (object?)new JinjaList([i.Key, i.Value], isTuple: true)), dictionary.Count)),
        "keys" => new(name, _ => Sized(dictionary.Items.Select(i => i.Key), dictionary.Count)),
        "values" => new(name, _ => Sized(dictionary.Items.Select(i => i.Value), dictionary.Count)),
        "get" => new(name, a => dictionary.TryGet(a.Required(0, "key"), out var value) ? value : a.Get(1, "default")),
        "copy" => new(name, _ => dictionary),
        _ => null,
    };

    private JinjaFunction? ListMethod(JinjaList list, string name) => name switch
    {
        "count" => new(name, a => (long)list.Items.Count(i => JinjaComparer.AreEqual(i, a.Required(0, "value")))),
        "index" => new(name, a => list.Items.FindIndex(i => JinjaComparer.AreEqual(i, a.Required(0, "value"))) is >= 0 and var place
            ? (long)place
            : throw new JinjaError("the value is not in the list")),
        "copy" => new(name, _ => list),
        _ => null,
    };

    private JinjaList Sized(IEnumerable<object?> items, int count)
    {
        run.Step(16L * count);
        return new JinjaList(items);
    }
}

/// <summary>cycler and joiner: they answer differently each time.</summary>
internal sealed class JinjaStateful(Func<string, object?> attribute)
{
    public object? Attribute(string name) => attribute(name);
}
