namespace Attune.Models.ChatTemplates;

/// <summary>The functions that every template can call.</summary>
internal static class JinjaGlobals
{
    private const int LongestRange = 100_000;

    public static void Define(JinjaScope scope, JinjaRun run, DateTimeOffset? now)
    {
        var operators = new JinjaOperators(run, new JinjaPrinter(run));
        Add("range", Range);
        Add("dict", a => Merged(a, operators));
        Add("namespace", a => Namespace(a, operators));
        Add("raise_exception", a => throw new ChatTemplateException(new JinjaPrinter(run).Print(a.Required(0, "message")), raised: true));
        Add("cycler", Cycler);
        Add("joiner", Joiner);
        if (now is { } time)
            Add("strftime_now", a => JinjaText.Time(time, a.Text(0, "format", "")));

        void Add(string name, Func<JinjaCallArguments, object?> call) => scope.Set(name, new JinjaFunction(name, call));
    }

    private static JinjaRange Range(JinjaCallArguments a)
    {
        var numbers = a.Positional.Select((_, i) => (long)a.Integer(i, "range", 0)).ToList();
        if (numbers.Count is 0 or > 3)
            throw new JinjaError("range takes one to three numbers");
        var (start, stop) = numbers.Count == 1 ? (0, numbers[0]) : (numbers[0], numbers[1]);
        var step = numbers.Count == 3 ? numbers[2] : 1;
        if (step == 0)
            throw new JinjaError("the step of range is zero");
        var count = Math.Max(0, (stop - start + step - Math.Sign(step)) / step);
        return count <= LongestRange
            ? new JinjaRange(start, step, (int)count)
            : throw new JinjaError($"a range of {count} numbers is longer than the {LongestRange} allowed");
    }

    private static JinjaDictionary Merged(JinjaCallArguments a, JinjaOperators operators)
    {
        var result = new JinjaDictionary();
        if (a.Positional.Count > 0 && a.Positional[0] is JinjaDictionary source)
            foreach (var (key, value) in source.Items)
                result.Set(key, value);
        else if (a.Positional.Count > 0)
            foreach (var pair in operators.Iterate(a.Positional[0]))
                result.Set(Part(pair, 0, operators), Part(pair, 1, operators));
        foreach (var (key, value) in a.Named)
            result.Set(key, value);
        return result;
    }

    private static object? Part(object? pair, int place, JinjaOperators operators) =>
        operators.Iterate(pair) is { Count: 2 } parts ? parts[place] : throw new JinjaError("dict takes pairs of a key and a value");

    private static JinjaNamespace Namespace(JinjaCallArguments a, JinjaOperators operators)
    {
        var result = new JinjaNamespace();
        foreach (var (key, value) in Merged(a, operators).Items)
            result.Attributes[JinjaValues.Text(key) ?? throw new JinjaError("an attribute's name is a text")] = value;
        return result;
    }

    private static JinjaStateful Cycler(JinjaCallArguments a)
    {
        var place = 0;
        if (a.Positional.Count == 0)
            throw new JinjaError("cycler needs values");
        return new JinjaStateful(name => name switch
        {
            "current" => a.Positional[place],
            "next" => new JinjaFunction(name, _ =>
            {
                var result = a.Positional[place];
                place = (place + 1) % a.Positional.Count;
                return result;
            }),
            "reset" => new JinjaFunction(name, _ =>
            {
                place = 0;
                return null;
            }),
            _ => null,
        });
    }

    private static JinjaFunction Joiner(JinjaCallArguments a)
    {
        var separator = a.Text(0, "sep", ", ");
        var used = false;
        return new JinjaFunction("joiner", _ =>
        {
            var result = used ? separator : "";
            used = true;
            return result;
        });
    }
}
