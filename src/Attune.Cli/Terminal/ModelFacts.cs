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

    /// <exception cref="AttuneException">The path holds no model.</exception>
    public static ModelFacts Read(string pathOrName)
    {
        var path = ModelLocator.Find(pathOrName);
        return Directory.Exists(path) ? OfFolder(path) : OfGguf(path);
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
        grid.AddRow("chat template", ChatTemplate is null ? "none" : verbose ? "" : "yes (-v shows it)");
        grid.AddRow("path", Visible.Markup(Path));
        console.Write(grid);
        if (verbose && ChatTemplate is not null)
            console.Write(new Text(Visible.Lines(ChatTemplate) + "\n"));
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["name"] = Name, ["path"] = Path, ["format"] = Format };
        foreach (var (name, value) in Settings)
            json[name] = long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : value;
        json["parameters"] = Tensors.Sum(t => t.Elements);
        json["bytes"] = Tensors.Sum(t => t.Bytes);
        json["tensors"] = new JsonArray([.. Tensors.Select(t => (JsonNode)new JsonObject { ["format"] = t.Format, ["count"] = t.Count, ["elements"] = t.Elements, ["bytes"] = t.Bytes })]);
        json["tokenizer"] = Tokenizer;
        json["chat_template"] = ChatTemplate;
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
            Tokenizer = File.Exists(tokenizerJson) ? ReadJson(tokenizerJson)["model"]?["type"]?.ToString() ?? "tokenizer.json" : "none",
            Vocabulary = Tokens(path),
            ChatTemplate = TemplateOf(path),
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

    private static string? TemplateOf(string folder)
    {
        var jinja = System.IO.Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(jinja))
            return File.ReadAllText(jinja);
        var settings = System.IO.Path.Combine(folder, "tokenizer_config.json");
        return File.Exists(settings) && ReadJson(settings)["chat_template"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
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
