using System.Text.Json;
using Attune.Tensors;

namespace Attune.Models.ChatTemplates;

/// <summary>
/// A model's chat template: Jinja as transformers runs it (sandboxed, trim_blocks, lstrip_blocks, break and continue, generation,
/// raise_exception, tojson without HTML escapes). Immutable; may be used from several threads.
/// </summary>
public sealed class ChatTemplate
{
    private readonly IReadOnlyList<JinjaStatement> _body;
    private readonly ChatTemplateLimits _limits;

    private ChatTemplate(IReadOnlyList<JinjaStatement> body, string source, ChatTemplateLimits limits)
    {
        _body = body;
        Source = source;
        _limits = limits;
    }

    /// <summary>The template's text.</summary>
    public string Source { get; }

    /// <summary>Reads a template. Errors: <see cref="ChatTemplateException"/> with the line and what was expected there.</summary>
    public static ChatTemplate Parse(string jinja, ChatTemplateLimits? limits = null) =>
        new(JinjaParser.Parse(JinjaLexer.Read(jinja)), jinja, limits ?? new ChatTemplateLimits());

    /// <summary>The prompt for these messages. With addGenerationPrompt it ends where the assistant's next turn begins.</summary>
    public string Render(IEnumerable<ChatMessage> messages, bool addGenerationPrompt, ChatTemplateVariables? variables = null)
    {
        var list = new JinjaList(messages.Select(object? (m) =>
        {
            var message = new JinjaDictionary();
            message.Set("role", m.Role);
            message.Set("content", m.Content);
            return message;
        }));
        return Render(list, addGenerationPrompt, variables);
    }

    /// <summary>
    /// The prompt for messages as the OpenAI API has them, with tool calls and whatever else the template reads. Errors:
    /// <see cref="ChatTemplateException"/>, with Raised where the template refuses the messages.
    /// </summary>
    public string Render(JsonElement messages, bool addGenerationPrompt, ChatTemplateVariables? variables = null) =>
        Render(JinjaValues.FromJson(messages), addGenerationPrompt, variables);

    private string Render(object? messages, bool addGenerationPrompt, ChatTemplateVariables? variables)
    {
        variables ??= new ChatTemplateVariables();
        var run = new JinjaRun(_limits);
        var scope = new JinjaScope(null);
        JinjaGlobals.Define(scope, run, variables.Now);
        scope.Set("messages", messages);
        scope.Set("tools", variables.Tools is { } tools ? JinjaValues.FromJson(tools) : null);
        scope.Set("documents", null);
        scope.Set("add_generation_prompt", addGenerationPrompt);
        if (variables.BeginToken is not null)
            scope.Set("bos_token", variables.BeginToken);
        if (variables.EndToken is not null)
            scope.Set("eos_token", variables.EndToken);
        foreach (var (name, value) in variables.More)
            scope.Set(name, JinjaValues.FromJson(value));
        try
        {
            return new JinjaInterpreter(run).Render(_body, scope);
        }
        catch (InsufficientExecutionStackException e)
        {
            throw new ChatTemplateException("The chat template nests too deeply; use another template.", inner: e);
        }
        catch (OutOfMemoryException e)
        {
            throw new AttuneException("The chat template used up the memory; use another template.", AttuneErrorKind.Work, e);
        }
    }
}
