using System.Text.Json.Nodes;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Models.Saving;

/// <summary>
/// tokenizer.json, tokenizer_config.json and generation_config.json out of a GGUF file. The written tokenizer is tried beside the file's: one that
/// would not do the same is refused.
/// </summary>
internal static class FolderTokenizer
{
    private const int Unknown = 2, Control = 3, UserDefined = 4;

    /// <exception cref="AttuneException">The tokenizer is of a kind that is not written so.</exception>
    public static void Write(GgufFile file, string folder)
    {
        var m = file.Metadata;
        var original = GgufTokenizers.Create(m);
        var json = m.GetText("tokenizer.ggml.model") switch
        {
            "gpt2" => ByteLevel(m, original),
            "llama" => Pieces(m, original),
            var other => throw new AttuneException($"'{file.Path}' has a tokenizer of the kind '{other}', which is not written as tokenizer.json; keep the model as GGUF"),
        };
        var path = Path.Combine(folder, "tokenizer.json");
        FolderSaving.WriteJson(path, json);
        if (TokenizerProbe.FirstDifference(original, TokenizerJson.Load(path)) is { } text)
            throw new AttuneException($"'{file.Path}' has a tokenizer that tokenizer.json would not repeat (tried on {Shown.Quoted(text)}); keep the model as GGUF");
        WriteSettings(m, original, folder);
    }

    private static JsonObject ByteLevel(GgufMetadata m, ITokenizer original)
    {
        var pre = m.FindText("tokenizer.ggml.pre") ?? "default";
        var family = WordCutting.Of(pre) ?? throw new AttuneException($"the way '{pre}' of cutting words is not written as tokenizer.json; keep the model as GGUF");
        var merges = new JsonArray([.. (m.FindTexts("tokenizer.ggml.merges") ?? []).Select(t => (JsonNode)t)]);
        return Whole(m, original, family.Normalizer, family.PreTokenizer, new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = true, ["trim_offsets"] = true, ["use_regex"] = true },
            Model(m, merges, byteFallback: false, family.IgnoreMerges, null));
    }

    /// <summary>Byte pairs of sentencepiece: every way in which a piece is two others is a merge; the higher its score, the earlier.</summary>
    private static JsonObject Pieces(GgufMetadata m, ITokenizer original)
    {
        var tokens = m.GetTexts("tokenizer.ggml.tokens");
        var scores = m.FindNumbers("tokenizer.ggml.scores") ?? throw new AttuneException("the file has no tokenizer.ggml.scores; its tokenizer cannot be written as tokenizer.json");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < tokens.Length; i++)
            ids.TryAdd(tokens[i], i);
        var merges = tokens.SelectMany((t, i) => Enumerable.Range(1, Math.Max(0, t.Length - 1))
                .Where(cut => !char.IsLowSurrogate(t[cut]) && ids.ContainsKey(t[..cut]) && ids.ContainsKey(t[cut..]))
                .Select(cut => (Id: i, Left: t[..cut], Right: t[cut..])))
            .OrderByDescending(p => scores[p.Id]).ThenBy(p => ids[p.Left]).ThenBy(p => ids[p.Right]);
        var list = new JsonArray([.. merges.Select(p => (JsonNode)new JsonArray(p.Left, p.Right))]);
        var prefix = m.FindFlag("tokenizer.ggml.add_space_prefix") ?? true;
        JsonObject replace = new() { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = " " }, ["content"] = "▁" };
        JsonObject prepend = new() { ["type"] = "Prepend", ["prepend"] = "▁" };
        var normalizer = prefix ? new JsonObject { ["type"] = "Sequence", ["normalizers"] = new JsonArray(prepend, replace) } : replace;
        var decoders = new JsonArray(
            new JsonObject { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = "▁" }, ["content"] = " " },
            new JsonObject { ["type"] = "ByteFallback" }, new JsonObject { ["type"] = "Fuse" });
        if (prefix)
            decoders.Add(new JsonObject { ["type"] = "Strip", ["content"] = " ", ["start"] = 1, ["stop"] = 0 });
        var unknown = original.UnknownId is { } id ? tokens[id] : null;
        return Whole(m, original, normalizer, null, new JsonObject { ["type"] = "Sequence", ["decoders"] = decoders }, Model(m, list, byteFallback: true, ignoreMerges: false, unknown));
    }

    private static JsonObject Model(GgufMetadata m, JsonArray merges, bool byteFallback, bool ignoreMerges, string? unknown)
    {
        var vocabulary = new JsonObject();
        var tokens = m.GetTexts("tokenizer.ggml.tokens");
        for (var id = 0; id < tokens.Length; id++)
            vocabulary.TryAdd(tokens[id], id);
        return new JsonObject
        {
            ["type"] = "BPE", ["dropout"] = null, ["unk_token"] = unknown, ["continuing_subword_prefix"] = null, ["end_of_word_suffix"] = null,
            ["fuse_unk"] = byteFallback, ["byte_fallback"] = byteFallback, ["ignore_merges"] = ignoreMerges, ["vocab"] = vocabulary, ["merges"] = merges,
        };
    }

    private static JsonObject Whole(GgufMetadata m, ITokenizer original, JsonNode? normalizer, JsonNode? preTokenizer, JsonNode decoder, JsonObject model)
    {
        var tokens = m.GetTexts("tokenizer.ggml.tokens");
        var types = m.FindIntegers("tokenizer.ggml.token_type") ?? [];
        var added = Enumerable.Range(0, types.Length).Where(i => types[i] is Unknown or Control or UserDefined && tokens[i].Length > 0).Select(i => (JsonNode)new JsonObject
        {
            ["id"] = i, ["content"] = tokens[i], ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = types[i] != UserDefined,
        });
        return new JsonObject
        {
            ["version"] = "1.0", ["truncation"] = null, ["padding"] = null, ["added_tokens"] = new JsonArray([.. added]), ["normalizer"] = normalizer,
            ["pre_tokenizer"] = preTokenizer, ["post_processor"] = Around(original, tokens), ["decoder"] = decoder, ["model"] = model,
        };
    }

    /// <summary>What the tokenizer puts around a text, as a template.</summary>
    private static JsonObject? Around(ITokenizer original, string[] tokens)
    {
        var marks = original.Encode("a", addSpecial: true);
        var plain = original.Encode("a", addSpecial: false);
        var before = marks.AsSpan().IndexOf(plain);
        if (before < 0 || marks.Length == plain.Length)
            return null;
        var (front, back) = (marks[..before], marks[(before + plain.Length)..]);
        JsonArray Template(int type, bool pair) => new([
            .. front.Select(i => Mark(tokens[i], 0)), Sequence("A", 0), .. back.Select(i => Mark(tokens[i], 0)),
            .. pair ? [.. front.Select(i => Mark(tokens[i], type)), Sequence("B", type), .. back.Select(i => Mark(tokens[i], type))] : Array.Empty<JsonNode>(),
        ]);
        var special = new JsonObject();
        foreach (var id in front.Concat(back).Distinct())
            special[tokens[id]] = new JsonObject { ["id"] = tokens[id], ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(tokens[id]) };
        return new JsonObject { ["type"] = "TemplateProcessing", ["single"] = Template(0, pair: false), ["pair"] = Template(1, pair: true), ["special_tokens"] = special };
    }

    private static JsonNode Mark(string token, int type) => new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type } };

    private static JsonNode Sequence(string name, int type) => new JsonObject { ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = type } };

    private static void WriteSettings(GgufMetadata m, ITokenizer tokenizer, string folder)
    {
        var tokens = m.GetTexts("tokenizer.ggml.tokens");
        var settings = new JsonObject { ["tokenizer_class"] = "PreTrainedTokenizerFast", ["clean_up_tokenization_spaces"] = false };
        foreach (var (key, id) in new[] { ("bos_token", tokenizer.BeginId), ("eos_token", tokenizer.EndId), ("pad_token", tokenizer.PadId), ("unk_token", tokenizer.UnknownId) })
        {
            if (id is { } i)
                settings[key] = tokens[i];
        }
        if (m.FindText("tokenizer.chat_template") is { } template)
            settings["chat_template"] = template;
        FolderSaving.WriteJson(Path.Combine(folder, "tokenizer_config.json"), settings);
        var generation = new JsonObject();
        foreach (var (key, id) in new[] { ("bos_token_id", tokenizer.BeginId), ("eos_token_id", tokenizer.EndId), ("pad_token_id", tokenizer.PadId) })
        {
            if (id is { } i)
                generation[key] = i;
        }
        FolderSaving.WriteJson(Path.Combine(folder, "generation_config.json"), generation);
    }
}
