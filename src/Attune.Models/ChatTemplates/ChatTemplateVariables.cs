using System.Text.Json;

namespace Attune.Models.ChatTemplates;

/// <summary>What a template can read beside the messages.</summary>
public sealed record ChatTemplateVariables
{
    /// <summary>bos_token; undefined in the template where null.</summary>
    public string? BeginToken { get; init; }

    /// <summary>eos_token; undefined in the template where null.</summary>
    public string? EndToken { get; init; }

    /// <summary>tools, an array of JSON schemas; none in the template where null.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>What strftime_now answers. Where null the template finds no such function, and most then write a fixed date.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Further variables by name.</summary>
    public IReadOnlyDictionary<string, JsonElement> More { get; init; } = new Dictionary<string, JsonElement>();
}
