using System.Text.Json;

namespace Attune.Models.Tokenizers;

/// <summary>Reads the decoder of a tokenizer.json.</summary>
internal static class DecoderJson
{
    private const string Known = "BPEDecoder, ByteFallback, ByteLevel, CTC, Fuse, Metaspace, Replace, Sequence, Strip, WordPiece";

    public static DecoderChain Read(JsonElement? element)
    {
        if (element is not { } e)
            return DecoderChain.Spaced;
        var flat = Flatten(e).ToList();
        var stages = new List<Func<bool, DecodingStage>>();
        var fused = false;
        for (var i = 0; i < flat.Count; i++)
        {
            var type = flat[i].RequiredText("type");
            if (type == "Fuse")
            {
                fused = true;
                // Text can flow on while nothing but a strip of its beginning comes after.
                if (!flat.Skip(i + 1).All(IsStartStrip))
                    stages.Add(_ => new FuseStage());
            }
            else
            {
                stages.Add(Stage(type, flat[i], fused));
            }
        }
        return new DecoderChain(stages) { ByteLevel = Has(flat, "ByteLevel"), ByteFallback = Has(flat, "ByteFallback") };
    }

    private static bool Has(List<JsonElement> flat, string type) => flat.Any(d => d.RequiredText("type") == type);

    private static IEnumerable<JsonElement> Flatten(JsonElement e) =>
        e.RequiredText("type") == "Sequence" ? e.Required("decoders").Items("decoders").SelectMany(Flatten) : [e];

    private static bool IsStartStrip(JsonElement e) => e.RequiredText("type") == "Strip" && (e.Integer("stop") ?? 0) == 0;

    private static Func<bool, DecodingStage> Stage(string type, JsonElement e, bool fused)
    {
        switch (type)
        {
            case "ByteLevel": return _ => new ByteLevelStage();
            case "ByteFallback": return _ => new ByteFallbackStage();
            case "CTC":
                var padding = e.OptionalText("pad_token") ?? "<pad>";
                var delimiter = e.OptionalText("word_delimiter_token") ?? "|";
                var cleansUp = e.Flag("cleanup") ?? true;
                return _ => new CtcStage(padding, delimiter, cleansUp);
            case "WordPiece":
                var prefix = e.OptionalText("prefix") ?? "##";
                var cleanUp = e.Flag("cleanup") ?? true;
                return first => new WordPieceStage(prefix, cleanUp, first);
            case "Metaspace":
                var replacement = char.ConvertFromUtf32(PreTokenizerJson.Replacement(e));
                var drops = PreTokenizerJson.Scheme(e) != PrependScheme.Never;
                return first => new MetaspaceStage(replacement, drops, first);
            case "BPEDecoder":
                var suffix = e.OptionalText("suffix") ?? "</w>";
                return _ => new SuffixStage(suffix);
            case "Replace":
                var pattern = PatternJson.Read(e.Required("pattern"));
                var content = e.RequiredText("content");
                return _ => new ReplaceStage(pattern, content);
            case "Strip": return Strip(e, fused);
            default: throw JsonFields.Unknown("decoder", type, Known);
        }
    }

    private static Func<bool, DecodingStage> Strip(JsonElement e, bool fused)
    {
        var content = e.RequiredText("content");
        if (content.Length != 1)
            throw JsonFields.Wrong("content", e.Required("content"), "one character");
        var (start, stop) = (e.Integer("start") ?? 0, e.Integer("stop") ?? 0);
        if (fused && stop == 0)
            return first => new StripTextStartStage(content[0], start, first);
        return _ => new StripStage(content[0], start, stop);
    }
}
