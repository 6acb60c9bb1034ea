using System.Text.Json.Nodes;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Models.Saving;

/// <summary>
/// The fields tokenizer.ggml.* out of a folder's tokenizer.json. What stands in them is read back and tried beside the original: a tokenizer that
/// would not do the same is refused.
/// </summary>
internal static class GgufTokenizerFields
{
    private const int Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6;

    /// <summary>Ways of cutting words that are tried first, since most models have one of them.</summary>
    private static readonly string[] FirstTried = ["gpt-2", "smollm", "llama-bpe", "qwen2"];

    /// <param name="folder">With tokenizer.json, and perhaps tokenizer_config.json and a chat template.</param>
    /// <param name="rows">Rows of the table of embeddings: as many tokens are written.</param>
    /// <exception cref="AttuneException">There is no tokenizer, or one that GGUF files cannot say.</exception>
    public static IReadOnlyList<KeyValuePair<string, GgufValue>> Of(string folder, int rows)
    {
        var path = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(path))
            throw new AttuneException($"'{folder}' has no tokenizer.json, from which the tokenizer of a GGUF file is made; add it");
        var original = TokenizerJson.Load(path);
        var json = StoredModel.ReadObject(path);
        var model = json["model"]?.AsObject() ?? [];
        if ((string?)model["type"] != "BPE")
            throw new AttuneException($"'{path}' is a tokenizer of the kind {model["type"]}, which is not written as GGUF; byte-pair tokenizers are");
        var bytes = (bool?)model["byte_fallback"] == true;
        var entries = Vocabulary(json, model, rows, bytes);
        entries.AddRange(Special(folder, original));
        if (FolderChatTemplate.TextOf(folder) is { } template)
            entries.Add(Entry("tokenizer.chat_template", template));
        foreach (var way in bytes ? Blanks() : Cuttings())
        {
            List<KeyValuePair<string, GgufValue>> whole = [Entry("tokenizer.ggml.model", bytes ? "llama" : "gpt2"), .. way, .. entries];
            if (TokenizerProbe.FirstDifference(original, Create(path, whole)) is null)
                return whole;
        }
        throw new AttuneException($"'{path}' cuts text in a way that GGUF files have no name for; keep the model as a folder");
    }

    /// <summary>Of names with the same meaning one is enough.</summary>
    private static IEnumerable<KeyValuePair<string, GgufValue>[]> Cuttings() =>
        FirstTried.Concat(GgufPreTokenizers.All.Select(p => p.Names[0])).Distinct(StringComparer.Ordinal).Select(p => (KeyValuePair<string, GgufValue>[])[Entry("tokenizer.ggml.pre", p)]);

    private static IEnumerable<KeyValuePair<string, GgufValue>[]> Blanks() =>
        new[] { true, false }.Select(b => (KeyValuePair<string, GgufValue>[])[Entry("tokenizer.ggml.pre", "default"), Entry("tokenizer.ggml.add_space_prefix", b)]);

    private static List<KeyValuePair<string, GgufValue>> Vocabulary(JsonObject json, JsonObject model, int rows, bool bytes)
    {
        var added = json["added_tokens"]?.AsArray().Select(t => (Id: (int)t!["id"]!, Text: (string)t["content"]!, Special: (bool?)t["special"] ?? false)).ToList() ?? [];
        var vocabulary = model["vocab"]!.AsObject().Select(v => (Text: v.Key, Id: (int)v.Value!)).ToList();
        var count = Math.Max(rows, 1 + Math.Max(vocabulary.Max(v => v.Id), added.Count > 0 ? added.Max(a => a.Id) : 0));
        if (count > rows)
            throw new AttuneException($"the tokenizer has {count} tokens and the model's embeddings have {rows} rows; they are of different models");
        var (tokens, types) = (new string[count], Enumerable.Repeat(Unused, count).ToArray());
        foreach (var (text, id) in vocabulary)
            (tokens[id], types[id]) = (text, bytes && text is ['<', '0', 'x', _, _, '>'] ? Byte : Normal);
        foreach (var (id, text, special) in added)
            (tokens[id], types[id]) = (text, text == (string?)model["unk_token"] && bytes ? Unknown : special ? Control : UserDefined);
        for (var id = 0; id < count; id++)
            tokens[id] ??= FormattableString.Invariant($"[PAD{id}]");
        var merges = model["merges"]!.AsArray().Select(m => m is JsonArray pair ? $"{(string)pair[0]!} {(string)pair[1]!}" : (string)m!).ToArray();
        List<KeyValuePair<string, GgufValue>> entries = [Entry("tokenizer.ggml.tokens", GgufArray.Of(tokens)), Entry("tokenizer.ggml.token_type", GgufArray.Of(types))];
        entries.Add(bytes ? Entry("tokenizer.ggml.scores", GgufArray.Of(Scores(tokens, merges))) : Entry("tokenizer.ggml.merges", GgufArray.Of(merges)));
        return entries;
    }

    /// <summary>The earlier two pieces merge, the higher the score of what they make.</summary>
    private static float[] Scores(string[] tokens, string[] merges)
    {
        var rank = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < merges.Length; i++)
            rank.TryAdd(merges[i].Remove(merges[i].IndexOf(' ', 1), 1), i);
        return [.. tokens.Select(t => rank.TryGetValue(t, out var r) ? -1f - r : 0)];
    }

    private static IEnumerable<KeyValuePair<string, GgufValue>> Special(string folder, ITokenizer tokenizer)
    {
        var (begin, end, pad) = (tokenizer.BeginId, tokenizer.EndId, tokenizer.PadId);
        var config = Path.Combine(folder, "config.json");
        if (File.Exists(config))
        {
            var json = StoredModel.ReadObject(config);
            begin ??= Id(json["bos_token_id"]);
            end ??= Id(json["eos_token_id"]);
            pad ??= Id(json["pad_token_id"]);
        }
        foreach (var (key, id) in new[] { ("bos", begin), ("eos", end), ("unknown", tokenizer.UnknownId), ("padding", pad) })
        {
            if (id is { } value)
                yield return Entry($"tokenizer.ggml.{key}_token_id", (uint)value);
        }
        var around = tokenizer.Encode("", addSpecial: true);
        yield return Entry("tokenizer.ggml.add_bos_token", begin is { } b && around.Length > 0 && around[0] == b);
        yield return Entry("tokenizer.ggml.add_eos_token", end is { } e && around.Length > 0 && around[^1] == e && !(around.Length == 1 && e == begin));
    }

    private static int? Id(JsonNode? node) => node is JsonValue value && value.TryGetValue(out int id) ? id : null;

    private static ITokenizer Create(string path, List<KeyValuePair<string, GgufValue>> entries) =>
        GgufTokenizers.Create(new GgufMetadata(path, new OrderedDictionary<string, GgufValue>(entries, StringComparer.Ordinal)));

    private static KeyValuePair<string, GgufValue> Entry(string key, object value) => KeyValuePair.Create(key, GgufValue.Of(value));
}
