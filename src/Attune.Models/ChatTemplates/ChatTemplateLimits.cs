namespace Attune.Models.ChatTemplates;

/// <summary>What a template may use before it is stopped with an error: templates come from strangers' files.</summary>
public sealed record ChatTemplateLimits
{
    /// <summary>Steps of the interpreter; an operation on long text counts as several.</summary>
    public long Steps { get; init; } = 20_000_000;

    /// <summary>Characters of the result, and of any text or items of any list in between.</summary>
    public int Size { get; init; } = 16_000_000;

    /// <summary>Macros, loops and expressions within each other.</summary>
    public int Depth { get; init; } = 1000;
}
