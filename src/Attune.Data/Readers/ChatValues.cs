using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Data;

/// <summary>Conversations in OpenAI's form: a list of {role, content}, the last of the assistant. The content is a text, or a list of parts of which all are texts.</summary>
internal static class ChatValues
{
    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool", "function"];

    /// <summary>The turns before the last as JSON, each {role, content} with a text and whatever else it has; and the last one's text.</summary>
    /// <exception cref="BadRowException">It is something else.</exception>
    public static (string Before, string Reply) Read(Cell cell, string name)
    {
        if (RowValues.Parse(cell) is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() < 2)
            throw new BadRowException($"'{name}' is {cell.Describe()}; expected a list of two turns or more");
        var turns = list.EnumerateArray().Select(t => Turn(t, name)).ToList();
        if (turns[^1].Role != "assistant")
            throw new BadRowException($"'{name}' does not end with a turn of the assistant; expected its reply last");
        if (turns[^1].Content.Length == 0)
            throw new BadRowException($"'{name}' ends with an empty reply; expected a text");
        return ("[" + string.Join(',', turns.SkipLast(1).Select(t => t.Json)) + "]", turns[^1].Content);
    }

    private static (string Role, string Content, string Json) Turn(JsonElement turn, string name)
    {
        if (turn.ValueKind != JsonValueKind.Object || !turn.TryGetProperty("role", out var r) || r.ValueKind != JsonValueKind.String || !turn.TryGetProperty("content", out var content))
            throw new BadRowException($"'{name}' holds a turn that is not {{role, content}}");
        var role = r.GetString()!;
        if (!Roles.Contains(role))
            throw new BadRowException($"'{name}' holds a turn of '{role}'; expected one of {TextList.Quote(Roles)}");
        if (content.ValueKind == JsonValueKind.String)
            return (role, content.GetString()!, turn.GetRawText());
        // A turn that only calls a tool says nothing.
        var text = content.ValueKind == JsonValueKind.Null && turn.TryGetProperty("tool_calls", out _) ? "" : Parts(content, name);
        var json = JsonObject.Create(turn)!;
        json["content"] = text;
        return (role, text, json.ToJsonString());
    }

    private static string Parts(JsonElement content, string name)
    {
        if (content.ValueKind != JsonValueKind.Array)
            throw new BadRowException($"'{name}' holds a turn whose content is {JsonFields.Describe(content)}; expected a text, or a list of parts with texts");
        var text = new StringBuilder();
        foreach (var part in content.EnumerateArray())
        {
            if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("text", out var t) || t.ValueKind != JsonValueKind.String)
                throw new BadRowException($"'{name}' holds a turn with a part that is no text; images and sounds are not read");
            text.Append(t.GetString());
        }
        return text.ToString();
    }
}
