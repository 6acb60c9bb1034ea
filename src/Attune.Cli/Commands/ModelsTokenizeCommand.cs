using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Models.Loading;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>models tokenize FILE: lines in, token ids out.</summary>
internal sealed class ModelsTokenizeCommand : CliCommand
{
    private readonly Argument<string> file;
    private readonly FlagSetting noSpecial = new("no-special", "Leave out the tokens that the model puts around a text.");

    public ModelsTokenizeCommand()
        : base("tokenize", "Turns lines of standard input into tokens; with --json, {\"text\"} lines into {\"ids\"} lines.")
    {
        file = Required("FILE", "A GGUF file, a folder with tokenizer.json, or a tokenizer.json.");
        Add([noSpecial]);
    }

    public override IReadOnlyList<string> Examples => ["models tokenize model.gguf", "models tokenize tokenizer.json --no-special --json"];

    public override int Run(Invocation call)
    {
        var tokenizer = TokenizerLoader.Load(call.Parse.GetValue(file)!);
        var special = !noSpecial.Get(call.Parse);
        if (call.Shell.InIsTerminal)
            call.Shell.Note("Type a line and press Enter; Ctrl-D ends.");
        for (var line = 1; call.Shell.Interruption.Waiting(call.Shell.In.ReadLine) is { } text; line++)
        {
            call.Shell.Cancellation.ThrowIfCancellationRequested();
            if (call.Shell.Json)
                WriteIds(call.Shell, tokenizer.Encode(ReadText(line == 1 ? Utf8Text.FirstLine(text) : text, line), special));
            else
                WriteTokens(call.Shell, tokenizer, tokenizer.Encode(text, special));
        }
        return ExitCode.Done;
    }

    private static void WriteIds(Shell shell, int[] ids) =>
        shell.WriteJson(new JsonObject { ["ids"] = new JsonArray([.. ids.Select(i => (JsonNode)JsonValue.Create(i))]) }, indented: false);

    private static void WriteTokens(Shell shell, ITokenizer tokenizer, int[] ids)
    {
        foreach (var id in ids)
            shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id,8}  {Visible.Line(tokenizer.TokenText(id))}"));
        shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ids.Length} tokens"));
    }

    private static string ReadText(string line, int number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
                return text.GetString()!;
        }
        catch (JsonException)
        {
            // Said below.
        }
        catch (InvalidOperationException)
        {
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"standard input line {number}: a \\u escape that is half of a surrogate pair; expected both halves"));
        }
        throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"standard input line {number}: expected a JSON object with a text under \"text\""));
    }
}
