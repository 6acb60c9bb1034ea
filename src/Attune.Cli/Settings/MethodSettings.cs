using System.CommandLine;
using Attune.Cli.Terminal;
using Attune.Evaluation.Comparison;
using Attune.Methods;
using Attune.Tensors;

namespace Attune.Cli.Settings;

/// <summary>Which methods, and their options.</summary>
internal sealed class MethodSettings
{
    private readonly Option<string[]> set = new("--set")
    {
        Description = "An option of a method, for instance --set lora.rank=16; may be repeated.",
        HelpName = "METHOD.OPTION=VALUE",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    public Setting<string?> Methods { get; } = new("methods", "LIST", "Methods with commas between them, or quick, standard, all. (default: standard)", Values.Text, null);

    public Option Set => set;

    /// <summary>Whether neither the command line nor the run file says which methods.</summary>
    public bool AreDefault(ParseResult parse, RunFile? file) => Listed(parse, file) is null && file?.Methods() is not { Count: > 0 };

    /// <summary>The methods of a comparison, with options from the run file and --set.</summary>
    /// <exception cref="AttuneException">A method or option is unknown, or two have one name.</exception>
    public IReadOnlyList<PlannedMethod> Plan(ParseResult parse, RunFile? file)
    {
        var entries = Entries(Listed(parse, file), file?.Methods() ?? []);
        var twice = entries.GroupBy(e => e.As, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
            throw new AttuneException($"two methods are called '{twice.Key}'; give one of them another name with 'as' in the run file");
        var sets = Sets(parse);
        foreach (var one in sets)
        {
            if (!entries.Any(e => one.IsFor(e.As, e.Name)))
                throw new AttuneException($"--set {one.Text}: there is no method '{one.Method}' in this run{Nearest.Hint(one.Method, entries.Select(e => e.As))}");
        }
        return [.. entries.Select(e => Planned(e, sets.Where(s => s.IsFor(e.As, e.Name))))];
    }

    /// <summary>The list of --methods, or that of a run file which has one instead of entries; null: neither.</summary>
    private string? Listed(ParseResult parse, RunFile? file) => Methods.Get(parse, file?.Methods().Count > 0 ? null : file);

    /// <summary>One method with the options of --set.</summary>
    public PlannedMethod One(string name, ParseResult parse)
    {
        var method = Find(name);
        var sets = Sets(parse);
        if (sets.FirstOrDefault(s => !s.IsFor(name, name)) is { } other)
            throw new AttuneException($"--set {other.Text}: this run fits {name}; write --set {name}.OPTION=VALUE");
        return Planned(new RunFile.MethodEntry(name, name, [], ""), sets) with { Method = method };
    }

    /// <exception cref="AttuneException">There is no such method.</exception>
    public static IMethod Find(string name) => Catalog.All.FirstOrDefault(m => m.Card.Name == name)
        ?? throw new AttuneException(
            $"there is no method '{name}'{Nearest.Hint(name, Catalog.All.Select(m => m.Card.Name))} (the methods are {string.Join(", ", Catalog.All.Select(m => m.Card.Name))})");

    /// <param name="list">What --methods says; null: the run file's methods as they stand.</param>
    private static List<RunFile.MethodEntry> Entries(string? list, IReadOnlyList<RunFile.MethodEntry> inFile)
    {
        if (list is null && inFile.Count > 0)
            return [.. inFile];
        IEnumerable<string> names = list switch
        {
            null or "standard" => Catalog.Of(MethodSet.Standard).Select(m => m.Card.Name),
            "quick" => Catalog.Of(MethodSet.Quick).Select(m => m.Card.Name),
            "all" => Catalog.All.Select(m => m.Card.Name),
            _ => Values.List(list),
        };
        // A name may be a variant of the run file.
        return [.. names.Select(n => inFile.FirstOrDefault(e => e.As == n) ?? new RunFile.MethodEntry(n, n, [], "--methods"))];
    }

    private static PlannedMethod Planned(RunFile.MethodEntry entry, IEnumerable<SetOption> sets)
    {
        var method = Within(entry.Where, () => Find(entry.Name));
        var options = Within(entry.Where, () => OptionsJson.Read(method, entry.Options));
        var json = entry.Options.DeepClone().AsObject();
        foreach (var one in sets)
            options = one.Apply(method, json);
        return new PlannedMethod(entry.As, method, options);
    }

    private static T Within<T>(string where, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (AttuneException e) when (where.Length > 0)
        {
            throw new AttuneException($"{where}: {e.Message}", e.Kind, e);
        }
    }

    private IReadOnlyList<SetOption> Sets(ParseResult parse) => [.. (parse.GetValue(set) ?? []).Select(SetOption.Parse)];
}
