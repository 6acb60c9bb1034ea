using System.Text.Json;
using Attune.Models.Tokenizers;

namespace Attune.Tests.Models.Tokenizers;

/// <summary>What a GGUF file holds of a tokenizer whose tokenizer.json or tokenizer.model is at hand, as llama.cpp's converter writes it.</summary>
internal static class GgufForms
{
    public static GgufVocabularyFields OfTokenizerJson(string path, string model, string? pre)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var root = document.RootElement;
        var body = root.GetProperty("model");
        var ids = body.GetProperty("vocab").EnumerateObject().ToDictionary(t => t.Value.GetInt32(), t => t.Name);
        var types = ids.ToDictionary(t => t.Key, _ => 1);
        foreach (var added in root.GetProperty("added_tokens").EnumerateArray())
        {
            var id = added.GetProperty("id").GetInt32();
            ids[id] = added.GetProperty("content").GetString()!;
            types[id] = added.GetProperty("special").GetBoolean() ? 3 : 4;
        }
        var order = Enumerable.Range(0, ids.Keys.Max() + 1).ToList();
        return new GgufVocabularyFields
        {
            Model = model,
            Pre = pre,
            Tokens = [.. order.Select(i => ids.GetValueOrDefault(i) ?? $"[PAD{i}]")],
            Types = [.. order.Select(i => types.GetValueOrDefault(i, 5))],
            Merges = body.TryGetProperty("merges", out var merges) ? [.. merges.EnumerateArray().Select(Merge)] : [],
        };
    }

    public static GgufVocabularyFields OfSentencePiece(string path, string model)
    {
        var proto = SentencePieceModel.Parse(File.ReadAllBytes(path), path);
        return new GgufVocabularyFields
        {
            Model = model,
            Tokens = [.. proto.Pieces.Select(p => p.Text)],
            Scores = [.. proto.Pieces.Select(p => p.Score)],
            Types = [.. proto.Pieces.Select(p => (int)p.Type)],
            Special = new SpecialTokens { Begin = proto.Pieces.ToList().FindIndex(p => p.Text == proto.BeginPiece) is >= 0 and var id ? id : null, Unknown = proto.Unknown },
            AddsBlank = proto.Blanks.AddsDummy,
            RemovesExtraBlanks = proto.Blanks.RemovesExtra,
        };
    }

    /// <summary>WordPiece tokens as the converter writes them: ▁ before the beginning of a word in place of ## before the rest.</summary>
    public static GgufVocabularyFields OfWordPieces(string path)
    {
        var fields = OfTokenizerJson(path, "bert", null);
        return fields with { Tokens = [.. fields.Tokens.Select(t => t.StartsWith('[') && t.EndsWith(']') ? t : t.StartsWith("##", StringComparison.Ordinal) ? t[2..] : "▁" + t)] };
    }

    private static string Merge(JsonElement merge) =>
        merge.ValueKind == JsonValueKind.String ? merge.GetString()! : $"{merge[0].GetString()} {merge[1].GetString()}";
}
