using System.Text.Json;
using Attune.Models.ChatTemplates;

namespace Attune.Tests.Models.ChatTemplates;

/// <summary>Every case of chat_templates.jsonl against what transformers' Jinja renders.</summary>
[Trait("Category", "Goldens")]
public sealed class ChatTemplateGoldenTests
{
    private static readonly DateTimeOffset Frozen = new(2024, 7, 26, 13, 5, 9, TimeSpan.Zero);

    public static IEnumerable<object[]> Templates()
    {
        var found = TestFolders.AllFixtures("tokenizers/chat_templates.jsonl")
            .SelectMany(f => Cases(f).Select(c => c.GetProperty("template").GetString()!).Distinct().Select(t => new object[] { f, t })).ToList();
        return found.Count > 0 ? found : [["", ""]];
    }

    [SkippableTheory]
    [MemberData(nameof(Templates))]
    public void Render_EveryCaseOfTheTemplate_GivesReferenceTextOrError(string file, string template)
    {
        Skip.If(file.Length == 0, "there is no chat_templates.jsonl under the fixture folders");
        var source = File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, "templates", template));
        var parsed = ChatTemplate.Parse(source);
        var cases = Cases(file).Where(c => c.GetProperty("template").GetString() == template).ToList();
        Assert.All(cases, c => Check(parsed, c));
    }

    private static void Check(ChatTemplate template, JsonElement c)
    {
        var more = c.GetProperty("variables");
        var tools = c.GetProperty("tools");
        var variables = new ChatTemplateVariables
        {
            BeginToken = c.GetProperty("bos_token").GetString(),
            EndToken = c.GetProperty("eos_token").GetString(),
            Tools = tools.ValueKind == JsonValueKind.Null ? null : tools,
            Now = Frozen,
            More = more.ValueKind == JsonValueKind.Object ? more.EnumerateObject().ToDictionary(p => p.Name, p => p.Value) : [],
        };
        string Render() => template.Render(c.GetProperty("messages"), c.GetProperty("add_generation_prompt").GetBoolean(), variables);
        if (c.TryGetProperty("expected", out var expected))
        {
            Assert.Equal(expected.GetString(), Render());
            return;
        }
        var error = Assert.Throws<ChatTemplateException>(Render);
        var raised = c.GetProperty("error_kind").GetString() == "raise_exception";
        Assert.Equal(raised, error.Raised);
        if (raised)
            Assert.Equal(c.GetProperty("error").GetString(), error.Message);
    }

    private static IEnumerable<JsonElement> Cases(string file)
    {
        foreach (var line in File.ReadAllText(file).Split('\n').Where(l => l.Length > 0))
        {
            using var document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }
}
