namespace Attune.Models.ChatTemplates;

/// <summary>The variable loop inside a for.</summary>
internal sealed class JinjaLoop(List<object?> items, int depth, JinjaFunction? again)
{
    private object? _last = new JinjaUndefined("nothing yet");

    public int Index { get; set; }

    /// <summary>What a recursive loop calls to go through further items.</summary>
    public JinjaFunction? Again { get; } = again;

    public object? Attribute(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)(items.Count - Index),
        "revindex0" => items.Count - Index - 1L,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "depth" => depth + 1L,
        "depth0" => (long)depth,
        "previtem" => Index > 0 ? items[Index - 1] : new JinjaUndefined("the item before the first"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new JinjaUndefined("the item after the last"),
        "cycle" => new JinjaFunction("cycle", Cycle),
        "changed" => new JinjaFunction("changed", Changed),
        _ => new JinjaUndefined($"'{name}' of loop"),
    };

    private object? Cycle(JinjaCallArguments arguments) => arguments.Positional.Count == 0
        ? throw new JinjaError("loop.cycle needs values")
        : arguments.Positional[Index % arguments.Positional.Count];

    private object? Changed(JinjaCallArguments arguments)
    {
        var now = new JinjaList(arguments.Positional, isTuple: true);
        var changed = !JinjaComparer.AreEqual(_last, now);
        _last = now;
        return changed;
    }
}
