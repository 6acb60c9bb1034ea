using System.Text.Json;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>Reads the model of a tokenizer.json.</summary>
internal static class ModelJson
{
    private const string Known = "BPE, Unigram, WordLevel, WordPiece";

    public static TokenModel Read(JsonElement model, List<string> warnings)
    {
        var type = model.OptionalText("type") ?? Guess(model);
        return type switch
        {
            "BPE" => Bpe(model, warnings),
            "WordPiece" => new WordPieceModel(
                ReadVocabulary(model, warnings), model.OptionalText("unk_token") ?? "[UNK]",
                model.OptionalText("continuing_subword_prefix") ?? "##", model.Integer("max_input_chars_per_word") ?? 100),
            "WordLevel" => new WordLevelModel(ReadVocabulary(model, warnings), model.OptionalText("unk_token") ?? "<unk>"),
            "Unigram" => Unigram(model, warnings),
            _ => throw JsonFields.Unknown("model", type, Known),
        };
    }

    // Old files do not name the type: merges are BPE's, a limit on words is WordPiece's.
    private static string? Guess(JsonElement model) =>
        model.Field("merges") is not null ? "BPE" : model.Field("max_input_chars_per_word") is not null ? "WordPiece" : null;

    private static BpeModel Bpe(JsonElement model, List<string> warnings)
    {
        var vocabulary = ReadVocabulary(model, warnings);
        if (model.Field("dropout") is { ValueKind: JsonValueKind.Number } dropout && dropout.GetDouble() > 0)
            warnings.Add("The tokenizer's file asks for dropout of merges, which is for training; text is encoded without it.");
        return new BpeModel(vocabulary, Merges(model.Required("merges")), new BpeOptions
        {
            UnknownToken = model.OptionalText("unk_token"),
            ContinuingPrefix = model.OptionalText("continuing_subword_prefix") ?? "",
            EndOfWordSuffix = model.OptionalText("end_of_word_suffix") ?? "",
            FuseUnknown = model.Flag("fuse_unk") ?? false,
            ByteFallback = model.Flag("byte_fallback") ?? false,
            IgnoreMerges = model.Flag("ignore_merges") ?? false,
        });
    }

    private static Vocabulary ReadVocabulary(JsonElement model, List<string> warnings)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (token, id) in model.Required("vocab").Properties("vocab"))
            if (!ids.TryAdd(token, id.Id("vocab")))
                throw new AttuneException($"The token '{token}' stands twice in the vocabulary; mend the tokenizer's file.");
        return Vocabulary.Of(ids, warnings);
    }

    private static List<(string, string)> Merges(JsonElement merges)
    {
        var result = new List<(string, string)>();
        foreach (var merge in merges.Items("merges"))
            result.Add(merge.ValueKind == JsonValueKind.String ? MergeText.Parse(merge.Text("merges")) : Pair(merge));
        return result;
    }

    private static (string, string) Pair(JsonElement merge)
    {
        var parts = merge.Items("merges").ToList();
        return parts.Count == 2 ? (parts[0].Text("merges"), parts[1].Text("merges")) : throw JsonFields.Wrong("merges", merge, "two tokens");
    }

    private static UnigramModel Unigram(JsonElement model, List<string> warnings)
    {
        var pieces = new List<string>();
        var scores = new List<double>();
        foreach (var entry in model.Required("vocab").Items("vocab"))
        {
            var parts = entry.Items("vocab").ToList();
            if (parts.Count != 2 || parts[1].ValueKind != JsonValueKind.Number)
                throw JsonFields.Wrong("vocab", entry, "a piece with its score");
            pieces.Add(parts[0].Text("vocab"));
            scores.Add(parts[1].GetDouble());
        }
        return new UnigramModel(Vocabulary.Of(pieces, warnings), [.. scores],
            new UnigramOptions { Unknown = model.Integer("unk_id"), ByteFallback = model.Flag("byte_fallback") ?? false });
    }
}
