using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>What the files of a model say, whether or not its architecture can be run here.</summary>
internal sealed record ModelFacts(string Name, string Path, string Format, IReadOnlyList<(string Name, string? Value)> Settings)
{
    /// <summary>Formats of tensors with how many, their numbers and bytes; the largest first.</summary>
    public required IReadOnlyList<(string Format, int Count, long Elements, long Bytes)> Tensors { get; init; }

    public required string Tokenizer { get; init; }

    /// <summary>Tokens, or the reason why the tokenizer cannot be read.</summary>
    public required string Vocabulary { get; init; }

    public required string? ChatTemplate { get; init; }

    /// <summary>Every tensor in the order of the file.</summary>
    public required IReadOnlyList<TensorInfo> All { get; init; }

    /// <summary>What config.json says, or the metadata of a GGUF file with long values cut.</summary>
    public required JsonObject Configuration { get; init; }

    /// <summary>Begin, end and their like: name, id, text.</summary>
    public IReadOnlyList<(string Name, int Id, string Text)> Special { get; init; } = [];

    /// <summary>What the chat template makes of a user's "Hello", or why it makes nothing of it.</summary>
    public string? ChatExample { get; init; }

    /// <summary>Where adaptations can act; null where the model was not loaded or is not known here.</summary>
    public IReadOnlyList<string>? Sites { get; init; }

    /// <exception cref="AttuneException">The path holds no model.</exception>
    public static ModelFacts Read(string pathOrName)
    {
        var path = ModelLocator.Find(pathOrName);
        return (Directory.Exists(path) ? OfFolder(path) : OfGguf(path)) with { Special = SpecialOf(path), ChatExample = ExampleOf(path) };
    }

    public void Write(IAnsiConsole console, bool verbose)
    {
        console.MarkupLine($"[bold]{Visible.Markup(Name)}[/]  {Format}");
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in Settings)
        {
            if (value is not null)
                grid.AddRow(name.Replace('_', ' '), Visible.Markup(value));
        }
        grid.AddRow("parameters", Amounts.Count(Tensors.Sum(t => t.Elements)));
        grid.AddRow("tensors", string.Join(", ", Tensors.Select(t => $"{t.Format} {t.Count.ToString(CultureInfo.InvariantCulture)} ({Amounts.Bytes(t.Bytes)})")));
        grid.AddRow("bytes", Amounts.Bytes(Tensors.Sum(t => t.Bytes)));
        grid.AddRow("tokenizer", Visible.Markup($"{Tokenizer}, {Vocabulary}"));
        if (Special.Count > 0)
            grid.AddRow("special tokens", Visible.Markup(string.Join(", ", Special.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Name} {t.Id} {t.Text}")))));
        grid.AddRow("chat template", ChatTemplate is null ? "none" : verbose ? "" : "yes (-v shows it)");
        if (ChatExample is not null)
            grid.AddRow("chat example", Visible.Markup(ChatExample));
        if (Sites is not null)
            grid.AddRow("sites", string.Join(", ", Sites));
        grid.AddRow("path", Visible.Markup(Path));
        console.Write(grid);
        if (!verbose)
            return;
        if (ChatTemplate is not null)
            console.Write(new Text(Visible.Lines(ChatTemplate) + "\n"));
        console.Write(new Text(Visible.Lines(JsonText.Write(Configuration, indented: true)) + "\n"));
        console.Write(TensorTable());
    }

    private Table TensorTable()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("tensor").AddColumn("type").AddColumn("shape").AddColumn(new TableColumn("bytes").RightAligned());
        foreach (var tensor in All)
            table.AddRow(Visible.Markup(tensor.Name), TensorTypes.Name(tensor.Type), tensor.ShapeText.EscapeMarkup(), tensor.Bytes.ToString(CultureInfo.InvariantCulture));
        return table;
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["name"] = Name, ["path"] = Path, ["format"] = Format };
        foreach (var (name, value) in Settings)
            json[name] = long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : value;
        json["parameters"] = Tensors.Sum(t => t.Elements);
        json["bytes"] = Tensors.Sum(t => t.Bytes);
        json["types"] = new JsonArray([.. Tensors.Select(t => (JsonNode)new JsonObject { ["type"] = t.Format, ["count"] = t.Count, ["elements"] = t.Elements, ["bytes"] = t.Bytes })]);
        json["tokenizer"] = Tokenizer;
        json["special_tokens"] = new JsonObject(Special.Select(t => KeyValuePair.Create(t.Name, (JsonNode?)new JsonObject { ["id"] = t.Id, ["text"] = t.Text })));
        json["chat_template"] = ChatTemplate;
        json["chat_example"] = ChatExample;
        json["sites"] = Sites is null ? null : JsonText.Array(Sites);
        json["configuration"] = Configuration.DeepClone();
        json["tensors"] = new JsonArray([.. All.Select(t => (JsonNode)new JsonObject
        {
            ["name"] = t.Name, ["type"] = TensorTypes.Name(t.Type), ["shape"] = new JsonArray([.. t.Shape.Select(s => (JsonNode)s)]), ["bytes"] = t.Bytes,
        })]);
        return json;
    }

    private static ModelFacts OfGguf(string path)
    {
        using var file = GgufFile.Open(path);
        var m = file.Metadata;
        var architecture = m.FindText("general.architecture") ?? "unknown";
        string? Whole(string key) => m.FindInteger($"{architecture}.{key}")?.ToString(CultureInfo.InvariantCulture);
        return new ModelFacts(System.IO.Path.GetFileName(path), path, string.Create(CultureInfo.InvariantCulture, $"GGUF version {file.Version}"),
        [
            ("architecture", architecture), ("layers", Whole("block_count")), ("hidden", Whole("embedding_length")),
            ("heads", Whole("attention.head_count")), ("key_value_heads", Whole("attention.head_count_kv")),
            ("feed_forward", Whole("feed_forward_length")), ("context", Whole("context_length")),
            ("vocabulary", m.FindTexts("tokenizer.ggml.tokens")?.Length.ToString(CultureInfo.InvariantCulture)),
        ])
        {
            Tensors = Count(file),
            All = [.. file.Tensors.Values.Select(t => t.Info)],
            Configuration = new JsonObject(ModelFileInfo.Read(path).Metadata.Select(e => KeyValuePair.Create(e.Key, (JsonNode?)e.Value))),
            Tokenizer = (m.FindText("tokenizer.ggml.model") ?? "none") + (m.FindText("tokenizer.ggml.pre") is { } pre ? $" ({pre})" : ""),
            Vocabulary = Tokens(path),
            ChatTemplate = m.FindText("tokenizer.chat_template"),
        };
    }

    private static ModelFacts OfFolder(string path)
    {
        using var source = SafetensorsFolder.Open(path);
        var config = ReadJson(System.IO.Path.Combine(path, "config.json"));
        string? Value(string key) => config[key] switch { null => null, JsonArray list => string.Join(", ", list.Select(v => v?.ToString())), var v => v.ToString() };
        var tokenizerJson = System.IO.Path.Combine(path, "tokenizer.json");
        return new ModelFacts(System.IO.Path.GetFileName(path.TrimEnd(System.IO.Path.DirectorySeparatorChar)), path, "Hugging Face folder",
        [
            ("architecture", Value("model_type") ?? "unknown"), ("layers", Value("num_hidden_layers")), ("hidden", Value("hidden_size")),
            ("heads", Value("num_attention_heads")), ("key_value_heads", Value("num_key_value_heads") ?? Value("num_attention_heads")),
            ("feed_forward", Value("intermediate_size")), ("context", Value("max_position_embeddings")), ("vocabulary", Value("vocab_size")),
        ])
        {
            Tensors = Count(source),
            All = [.. source.Tensors.Values.Select(t => t.Info)],
            Configuration = config,
            Tokenizer = File.Exists(tokenizerJson) ? ReadJson(tokenizerJson)["model"]?["type"]?.ToString() ?? "tokenizer.json" : File.Exists(System.IO.Path.Combine(path, "tokenizer.model")) ? "sentencepiece" : "none",
            Vocabulary = Tokens(path),
            ChatTemplate = Models.Verification.ChatExample.TemplateOf(path),
        };
    }

    private static IReadOnlyList<(string, int, long, long)> Count(ITensorSource source) =>
    [
        .. source.Tensors.Values.GroupBy(t => t.Info.Type)
            .Select(g => (TensorTypes.Name(g.Key), g.Count(), g.Sum(t => t.Elements), g.Sum(t => t.Info.Bytes)))
            .OrderByDescending(g => g.Item4),
    ];

    private static string Tokens(string path)
    {
        try
        {
            return string.Create(CultureInfo.InvariantCulture, $"{TokenizerLoader.Load(path).VocabularySize} tokens");
        }
        catch (AttuneException e)
        {
            return $"cannot be read: {e.Message}";
        }
    }

    private static IReadOnlyList<(string, int, string)> SpecialOf(string path)
    {
        try
        {
            var tokenizer = TokenizerLoader.Load(path);
            (string Name, int? Id)[] named = [("begin", tokenizer.BeginId), ("end", tokenizer.EndId), ("pad", tokenizer.PadId), ("unknown", tokenizer.UnknownId), ("mask", tokenizer.MaskId)];
            return [.. named.Where(t => t.Id is not null).Select(t => (t.Name, t.Id!.Value, tokenizer.TokenText(t.Id.Value)))];
        }
        catch (AttuneException)
        {
            // Said beside the vocabulary.
            return [];
        }
    }

    private static string? ExampleOf(string path)
    {
        try
        {
            return Models.Verification.ChatExample.Of(path);
        }
        catch (AttuneException e)
        {
            return $"cannot be rendered: {e.Message}";
        }
    }

    private static JsonObject ReadJson(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new AttuneException($"'{path}' holds no JSON object; expected keys with values");
        }
        catch (JsonException e)
        {
            throw new AttuneException($"'{path}' is not valid JSON ({e.Message})", AttuneErrorKind.Request, e);
        }
    }
}
