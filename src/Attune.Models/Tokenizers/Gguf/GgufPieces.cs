using System.Text;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>The tokenizers of GGUF files that are not byte-pair models of merges.</summary>
internal static class GgufPieces
{
    private static readonly RunePattern Blank = RunePattern.OfLiteral(" ");

    /// <summary>"llama": sentencepiece's byte pairs by scores, with bytes for what the vocabulary lacks.</summary>
    public static TokenizerParts ScoredPairs(GgufTokens tokens)
    {
        var addsBlank = tokens.Fields.AddsBlank ?? true;
        var special = tokens.Special(begin: 1, end: 2, unknown: 0);
        var vocabulary = tokens.ToVocabulary();
        Normalizer escape = new ReplaceNormalizer(Blank, "▁");
        // User-defined tokens are found in the text beforehand, and are pieces like others here.
        var pieces = tokens.Pieces.Select(p => p.Type == PieceType.Unused ? p with { Type = PieceType.Normal } : p).ToList();
        return new TokenizerParts(new ScoredBpeModel(vocabulary, pieces, new PieceOptions { Unknown = special.Unknown, ByteFallback = true }))
        {
            Added = tokens.Added(),
            Normalizer = addsBlank ? new NormalizerSequence([new PrependNormalizer("▁"), escape]) : escape,
            PostProcessor = tokens.Around(special, addsBegin: true, addsEnd: false),
            Decoder = DecoderChain.ForPieces(dropsFirstBlank: addsBlank),
            Special = special,
            Warnings = tokens.Warnings,
        };
    }

    /// <summary>"t5": sentencepiece's Unigram, with its normalisation.</summary>
    public static TokenizerParts Unigram(GgufTokens tokens)
    {
        var fields = tokens.Fields;
        if (fields.Scores.Count == 0)
            throw GgufTokens.Damaged("has no scores, without which its tokenizer 't5' cannot choose");
        var special = tokens.Special(end: 1, unknown: 2, pad: 0);
        var blanks = new SentencePieceBlanks { AddsDummy = fields.AddsBlank ?? false, RemovesExtra = fields.RemovesExtraBlanks ?? false };
        var rules = fields.CharsMap.IsEmpty ? null : CharsMap.Parse(fields.CharsMap.Span);
        var controls = tokens.Pieces.Where(p => p.Type == PieceType.Control).Select(p => p.Text).ToHashSet(StringComparer.Ordinal);
        var unknown = special.Unknown is { } id ? tokens.Pieces[id].Text : "";
        var decoding = new SentencePieceDecoding(blanks, controls, unknown, SentencePieceModel.DefaultUnknownSurface);
        var options = new UnigramOptions { Unknown = special.Unknown, ByteFallback = tokens.Pieces.Any(p => p.Type == PieceType.Byte), SinglePrecision = true };
        return new TokenizerParts(new UnigramModel(tokens.ToVocabulary(), tokens.Pieces, options))
        {
            Added = tokens.Added(),
            Normalizer = new SentencePieceNormalizer(rules, null, blanks),
            PostProcessor = tokens.Around(special, addsBegin: false, addsEnd: true),
            Decoder = new DecoderChain([first => new SentencePieceStage(decoding, first)]) { ByteFallback = true },
            Special = special,
            Warnings = tokens.Warnings,
        };
    }

    /// <summary>"bert": WordPiece. The beginning of a word is marked by ▁ where BERT marks its continuation by ##.</summary>
    public static TokenizerParts WordPieces(GgufTokens tokens)
    {
        var vocabulary = tokens.ToVocabulary(p =>
            GgufTokens.IsAdded(p.Type) || p.Text.StartsWith('[') && p.Text.EndsWith(']') ? p.Text : p.Text.StartsWith('▁') ? p.Text[1..] : "##" + p.Text);
        var lowercase = tokens.Fields.Lowercase ?? true;
        return WordPieceTokenizer.Parts(
            vocabulary, tokens.Special(begin: 101, unknown: 100, pad: 0), tokens.Added(), tokens.Warnings,
            new BertNormalizer(cleanText: true, separateHan: true, tokens.Fields.StripsAccents ?? lowercase, lowercase));
    }

    /// <summary>"rwkv": at each place the longest token, over bytes.</summary>
    public static TokenizerParts Rwkv(GgufTokens tokens)
    {
        var texts = tokens.Pieces.Select(p => RwkvText.Bytes(p.Text)).ToList();
        var vocabulary = Vocabulary.Of([.. texts.Select(ByteAlphabet.ToText)], tokens.Warnings);
        return new TokenizerParts(new GreedyModel(vocabulary, tokens.Fields.Special.Unknown))
        {
            Added = [.. tokens.Added().Select(a => a with { Content = Encoding.UTF8.GetString(texts[a.Id]) })],
            PreTokenizer = new ByteLevelPreTokenizer(addPrefixSpace: false, useRegex: false),
            PostProcessor = tokens.Around(tokens.Fields.Special, addsBegin: false, addsEnd: false),
            Decoder = DecoderChain.ForByteLevel,
            Special = tokens.Fields.Special,
            Warnings = tokens.Warnings,
        };
    }

    /// <summary>"plamo2": the division with the best sum of scores, with bytes for what the vocabulary lacks.</summary>
    public static TokenizerParts Plamo(GgufTokens tokens)
    {
        var special = tokens.Special(begin: 1, end: 2, unknown: 0, pad: 3);
        var vocabulary = tokens.ToVocabulary();
        return new TokenizerParts(new PlamoModel(vocabulary, tokens.Pieces))
        {
            Added = tokens.Added(),
            PostProcessor = tokens.Around(special, addsBegin: false, addsEnd: false),
            Decoder = DecoderChain.ForPieces(dropsFirstBlank: false, blank: null),
            Special = special,
            Warnings = tokens.Warnings,
        };
    }
}
