using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Models;
using Attune.Models.Generation;
using Attune.Models.Sites;

namespace Attune.Cli.Commands;

/// <summary>A conversation with a language model: the whole of it is the prompt, of which the cache keeps what was computed.</summary>
internal sealed class Conversation(Shell shell, LanguageModel model, SiteSet? sites, SamplingOptions sampling, string? system)
{
    private const string UserTurn = "\nUser:";

    private readonly List<(string Role, string Content)> turns = [];
    private readonly ChatLines lines = new(shell);
    private string? instruction = system;

    public int Run()
    {
        Reset();
        if (shell.InIsTerminal)
            shell.Note($"{model.Name}. /help lists the commands, /exit ends.");
        if (model.ChatTemplate is null)
            shell.Note("The model has no chat template; turns are written as 'User:' and 'Assistant:'.");
        while (lines.Next() is { } line)
        {
            if (lines.TryCommand(line, Reset, SetSystem, out var exit))
            {
                if (exit)
                    break;
                continue;
            }
            if (!string.IsNullOrWhiteSpace(line))
                Answer(line);
        }
        return ExitCode.Done;
    }

    private void Reset()
    {
        turns.Clear();
        if (!string.IsNullOrEmpty(instruction))
            turns.Add(("system", instruction));
    }

    private void SetSystem(string text)
    {
        instruction = text;
        Reset();
    }

    private void Answer(string line)
    {
        turns.Add(("user", line));
        var text = new System.Text.StringBuilder();
        var stopped = false;
        try
        {
            shell.Interruption.Part(cancel => Generate(text, cancel));
        }
        catch (OperationCanceledException) when (!shell.Cancellation.IsCancellationRequested)
        {
            stopped = true;
        }
        catch (ContextOverflowException e)
        {
            turns.RemoveAt(turns.Count - 1);
            shell.Warn($"the conversation has {e.Tokens} tokens and the model's context holds {e.Limit}; begin again with /reset");
            return;
        }
        turns.Add(("assistant", text.ToString().Trim()));
        if (shell.Json)
            shell.WriteJson(new JsonObject { ["text"] = text.ToString().Trim(), ["stopped"] = stopped }, indented: false);
        else
            shell.Out.WriteLine(stopped ? " …" : "");
        shell.Out.Flush();
    }

    private void Generate(System.Text.StringBuilder text, CancellationToken cancel)
    {
        var prompt = Prompt();
        if (shell.Verbose)
            shell.Note(prompt);
        var options = model.ChatTemplate is null ? sampling with { Stop = [UserTurn] } : sampling;
        model.Generate(model.Tokenizer.Encode(prompt, addSpecial: false), options, sites, piece =>
        {
            text.Append(piece);
            if (shell.Json)
                return;
            shell.Out.Write(Visible.Lines(piece));
            shell.Out.Flush();
        }, cancel);
    }

    private string Prompt() => model.ChatTemplate is { } template
        ? model.RenderChat(template, turns)
        : string.Concat(turns.Select(t => t.Role == "system" ? t.Content + "\n" : $"{(t.Role == "user" ? UserTurn : "\nAssistant:")} {t.Content}")).TrimStart('\n') + "\nAssistant:";
}
