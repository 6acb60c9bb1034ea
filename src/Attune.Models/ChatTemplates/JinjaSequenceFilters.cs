namespace Attune.Models.ChatTemplates;

/// <summary>Filters over lists and dictionaries.</summary>
internal sealed class JinjaSequenceFilters(
    JinjaRun run, JinjaOperators operators, JinjaTests tests, JinjaMethods methods, Func<string, object?, JinjaCallArguments, object?> apply)
{
    public bool TryApply(string name, object? value, JinjaCallArguments a, out object? result)
    {
        result = name switch
        {
            "list" => new JinjaList(operators.Iterate(value)),
            "first" => operators.Iterate(value) is [var first, ..] ? first : new JinjaUndefined("the first item of nothing"),
            "last" => operators.Iterate(value) is [.., var last] ? last : new JinjaUndefined("the last item of nothing"),
            "reverse" => Reverse(value),
            "sort" => new JinjaList(Ordered(operators.Iterate(value), Key(a.Get(2, "attribute"), a.Flag(1, "case_sensitive", false)), a.Flag(0, "reverse", false))),
            "dictsort" => DictionarySort(value, a),
            "items" => Items(value),
            "unique" => new JinjaGenerator(Unique(value, Key(a.Get(1, "attribute"), a.Flag(0, "case_sensitive", false)))),
            "min" => Extreme(value, a, -1),
            "max" => Extreme(value, a, 1),
            "sum" => Sum(value, a),
            "map" => Map(value, a),
            "select" => Select(value, a, 0, keep: true),
            "reject" => Select(value, a, 0, keep: false),
            "selectattr" => Select(value, a, 1, keep: true),
            "rejectattr" => Select(value, a, 1, keep: false),
            "groupby" => GroupBy(value, a),
            "batch" => Batch(value, a),
            "slice" => Columns(value, a),
            _ => this,
        };
        return !ReferenceEquals(result, this);
    }

    private object Reverse(object? value)
    {
        if (JinjaValues.Text(value) is { } text)
            return string.Concat(Enumerable.Reverse(JinjaText.Characters(text)));
        return new JinjaGenerator(Enumerable.Reverse(operators.Iterate(value)));
    }

    // Texts are compared in lower case unless asked otherwise.
    private Func<object?, object?> Key(object? attribute, bool caseSensitive) => item =>
    {
        var key = attribute is null ? item : methods.Path(item, attribute);
        return !caseSensitive && JinjaValues.Text(key) is { } text ? JinjaText.Lower(text) : key;
    };

    private List<object?> Ordered(List<object?> items, Func<object?, object?> key, bool descending)
    {
        run.Step(16L * items.Count * (1 + (int)Math.Log2(items.Count + 1)));
        var comparer = Comparer<object?>.Create(JinjaComparer.Compare);
        return [.. descending ? items.OrderByDescending(key, comparer) : items.OrderBy(key, comparer)];
    }

    private JinjaList DictionarySort(object? value, JinjaCallArguments a)
    {
        var by = a.Text(1, "by", "key");
        if (by is not ("key" or "value"))
            throw new JinjaError("dictsort goes by 'key' or 'value'");
        var key = Key(by == "key" ? 0L : 1L, a.Flag(0, "case_sensitive", false));
        return new JinjaList(Ordered([.. Pairs(value)], key, a.Flag(2, "reverse", false)));
    }

    private static JinjaGenerator Items(object? value) => value is JinjaUndefined ? new JinjaGenerator([]) : new JinjaGenerator(Pairs(value));

    private static IEnumerable<object?> Pairs(object? value) => value is JinjaDictionary dictionary
        ? dictionary.Items.Select(i => new JinjaList([i.Key, i.Value], isTuple: true))
        : throw new JinjaError($"{JinjaValues.TypeName(value)} has no keys and values");

    private IEnumerable<object?> Unique(object? value, Func<object?, object?> key)
    {
        var seen = new JinjaDictionary();
        foreach (var item in operators.Iterate(value))
        {
            var k = key(item);
            if (seen.TryGet(k, out _))
                continue;
            seen.Set(k, null);
            yield return item;
        }
    }

    private object? Extreme(object? value, JinjaCallArguments a, int sign)
    {
        var items = operators.Iterate(value);
        if (items.Count == 0)
            return new JinjaUndefined("the extreme of nothing");
        var key = Key(a.Get(1, "attribute"), a.Flag(0, "case_sensitive", false));
        var best = items[0];
        foreach (var item in items.Skip(1))
            if (sign * JinjaComparer.Compare(key(item), key(best)) > 0)
                best = item;
        return best;
    }

    private object? Sum(object? value, JinjaCallArguments a)
    {
        var attribute = a.Get(0, "attribute");
        return operators.Iterate(value).Aggregate(a.Get(1, "start", 0L), (sum, i) => operators.Apply("+", sum, attribute is null ? i : methods.Path(i, attribute)));
    }

    // map, select and their like take none, 0 and false for nothing to go through.
    private List<object?> Lenient(object? value) => JinjaValues.IsTrue(value) ? operators.Iterate(value) : [];

    private JinjaGenerator Map(object? value, JinjaCallArguments a)
    {
        var items = Lenient(value);
        if (a.Named.TryGetValue("attribute", out var attribute))
        {
            var hasDefault = a.Named.TryGetValue("default", out var fallback);
            return new JinjaGenerator(items.Select(i => methods.Path(i, attribute) is var found && found is JinjaUndefined && hasDefault ? fallback : found));
        }
        var filter = a.Text(0, "filter", "");
        return new JinjaGenerator(items.Select(i => apply(filter, i, a.Skip(1))));
    }

    private JinjaGenerator Select(object? value, JinjaCallArguments a, int skip, bool keep)
    {
        var attribute = skip > 0 ? a.Required(0, "attribute") : null;
        var test = a.Positional.Count > skip ? a.Text(skip, "test", "") : null;
        var rest = a.Skip(skip + 1);
        return new JinjaGenerator(Lenient(value).Where(Passes));

        bool Passes(object? item)
        {
            var tested = attribute is null ? item : methods.Path(item, attribute);
            return (test is null ? JinjaValues.IsTrue(tested) : tests.Apply(test, tested, rest)) == keep;
        }
    }

    private JinjaList GroupBy(object? value, JinjaCallArguments a)
    {
        var attribute = a.Required(0, "attribute");
        var key = Key(attribute, a.Flag(2, "case_sensitive", false));
        var groups = new List<(object? Key, object? Shown, List<object?> Items)>();
        foreach (var item in Ordered(operators.Iterate(value), key, descending: false))
        {
            if (groups.Count == 0 || !JinjaComparer.AreEqual(groups[^1].Key, key(item)))
                groups.Add((key(item), methods.Path(item, attribute), []));
            groups[^1].Items.Add(item);
        }
        return new JinjaList(groups.Select(g => new JinjaList([g.Shown, new JinjaList(g.Items)], isTuple: true)));
    }

    private JinjaGenerator Batch(object? value, JinjaCallArguments a)
    {
        var size = a.Integer(0, "linecount", 0);
        if (size <= 0)
            throw new JinjaError("batch needs a size above zero");
        var chunks = operators.Iterate(value).Chunk(size).Select(c => c.ToList()).ToList();
        if (a.Get(1, "fill_with") is { } fill && chunks.Count > 0)
        {
            run.Make(size);
            while (chunks[^1].Count < size)
                chunks[^1].Add(fill);
        }
        return new JinjaGenerator(chunks.Select(c => new JinjaList(c)));
    }

    private JinjaGenerator Columns(object? value, JinjaCallArguments a)
    {
        var count = a.Integer(0, "slices", 0);
        if (count <= 0)
            throw new JinjaError("slice needs a number of columns above zero");
        run.Make(count);
        var items = operators.Iterate(value);
        var (size, larger) = (items.Count / count, items.Count % count);
        var fill = a.Get(1, "fill_with");
        return new JinjaGenerator(Enumerable.Range(0, count).Select(object? (i) =>
        {
            var column = items.Skip(i * size + Math.Min(i, larger)).Take(size + (i < larger ? 1 : 0));
            return new JinjaList(fill is not null && larger > 0 && i >= larger ? column.Append(fill) : column);
        }));
    }
}
