namespace Attune.Models.ChatTemplates;

/// <summary>What one rendering has used up so far.</summary>
internal sealed class JinjaRun(ChatTemplateLimits limits)
{
    private long _steps;
    private int _depth;

    /// <summary>Counts work: one step, and one more for every 16 characters or items that an operation touches.</summary>
    public void Step(long size = 0)
    {
        if ((_steps += 1 + size / 16) > limits.Steps)
            throw new ChatTemplateException($"The chat template takes more than {limits.Steps} steps; use another template, or shorter messages.");
    }

    /// <summary>Checks the size of a text or list before it is made.</summary>
    public void Make(long size)
    {
        if (size > limits.Size)
            throw new ChatTemplateException($"The chat template makes a text or list of {size} characters or items, but at most {limits.Size} are allowed; use another template, or shorter messages.");
        Step(size);
    }

    /// <summary>Checks the size of something that grows.</summary>
    public void CheckSize(long size)
    {
        if (size > limits.Size)
            Make(size);
    }

    public void Enter()
    {
        if (++_depth > limits.Depth)
            throw new ChatTemplateException($"The chat template goes more than {limits.Depth} levels deep; use another template.");
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
    }

    public void Leave() => _depth--;
}

/// <summary>Names and their values; what is not here is looked for outside.</summary>
internal sealed class JinjaScope(JinjaScope? outer)
{
    private readonly Dictionary<string, object?> _names = new(StringComparer.Ordinal);

    public void Set(string name, object? value) => _names[name] = value;

    public object? Get(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
            if (scope._names.TryGetValue(name, out var value))
                return value;
        return new JinjaUndefined($"'{name}'");
    }

    private JinjaScope? Outer { get; } = outer;
}
