using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>
/// Loads tokenizer.model, the format of sentencepiece (Kudo and Richardson 2018, "SentencePiece: A simple and language independent
/// subword tokenizer and detokenizer").
/// </summary>
public static class SentencePieceTokenizer
{
    /// <summary>The names under which a folder may hold such a model.</summary>
    public static IReadOnlyList<string> FileNames { get; } = ["tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "sentencepiece.model"];

    /// <summary>
    /// The tokenizer of a file. Texts are divided and decoded as sentencepiece does it; control pieces that are written in the text are
    /// read as such only with parseSpecial. What stands around a text comes from tokenizer_config.json beside it (add_bos_token,
    /// add_eos_token, tokenizer_class). Errors: a file that is missing or damaged, and a tokenizer_class that numbers the pieces anew
    /// in a way that is not known.
    /// </summary>
    public static ITokenizer Load(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path), Path.GetDirectoryName(Path.GetFullPath(path)), $"'{path}'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException($"'{path}' cannot be read ({e.Message.TrimEnd('.')}); give the path of a tokenizer.model.", inner: e);
        }
    }

    /// <summary>The tokenizer of a file's content.</summary>
    /// <param name="model">The protobuf message.</param>
    /// <param name="folder">Where tokenizer_config.json may lie, or null.</param>
    /// <param name="name">What errors call the content.</param>
    public static ITokenizer Parse(ReadOnlySpan<byte> model, string? folder = null, string name = "The tokenizer's file") =>
        Build(SentencePieceModel.Parse(model, name), folder is null ? new SentencePieceSettings() : SentencePieceSettings.Read(folder, name));

    private static Tokenizer Build(SentencePieceModel model, SentencePieceSettings settings)
    {
        model = settings.Renumber(model);
        // Reserved pieces come first where a text piece is written alike; sentencepiece looks them up in this order.
        var vocabulary = Vocabulary.Of([.. model.Pieces.Select(p => p.Text)], [.. model.Pieces.Select(p => p.IsText ? 1 : 0)]);
        var parts = new TokenizerParts(Model(model, vocabulary))
        {
            Added = [.. model.Pieces.Select((p, id) => (p, id)).Where(p => p.p.Type is PieceType.Control or PieceType.Unknown)
                .Select(p => new AddedToken(p.id, p.p.Text) { Special = true })],
            Normalizer = NormalizerOf(model),
            Decoder = DecoderOf(model),
        };
        var special = settings.Special(new SpecialTokens
        {
            Begin = Control(model.BeginPiece),
            End = Control(model.EndPiece),
            Pad = Control(model.PadPiece),
            Unknown = model.Unknown,
        }, vocabulary.IdOf);
        return new Tokenizer(parts with { Special = special, PostProcessor = settings.PostProcessor(special) });

        int? Control(string piece) => vocabulary.IdOf(piece) is { } id && model.Pieces[id].Type == PieceType.Control ? id : null;
    }

    private static TokenModel Model(SentencePieceModel model, Vocabulary vocabulary)
    {
        var options = new PieceOptions { Unknown = model.Unknown, ByteFallback = model.ByteFallback, FreezesUserDefined = true };
        return model.Kind switch
        {
            SentencePieceKind.Bpe => new ScoredBpeModel(vocabulary, model.Pieces, options),
            SentencePieceKind.Unigram => new UnigramModel(
                vocabulary, model.Pieces, new UnigramOptions { Unknown = model.Unknown, ByteFallback = model.ByteFallback, SinglePrecision = true }),
            _ => new LookupModel(vocabulary, model.Pieces, options, words: model.Kind == SentencePieceKind.Word),
        };
    }

    internal static SentencePieceNormalizer NormalizerOf(SentencePieceModel model)
    {
        var userDefined = new RuneTrie();
        // Without rules, only a piece that holds a blank would be changed.
        for (var i = 0; i < model.Pieces.Count; i++)
            if (model.Pieces[i].Type == PieceType.UserDefined && (model.Rules is not null || model.Pieces[i].Text.Contains(' ', StringComparison.Ordinal)))
                userDefined.Insert(RunePattern.RunesOf(model.Pieces[i].Text), i);
        return new SentencePieceNormalizer(model.Rules, userDefined.IsEmpty ? null : userDefined, model.Blanks);
    }

    private static DecoderChain DecoderOf(SentencePieceModel model)
    {
        var controls = model.Pieces.Where(p => p.Type == PieceType.Control).Select(p => p.Text).ToHashSet(StringComparer.Ordinal);
        var decoding = new SentencePieceDecoding(model.Blanks, controls, model.Pieces[model.Unknown].Text, model.UnknownSurface);
        var stages = new List<Func<bool, DecodingStage>> { first => new SentencePieceStage(decoding, first) };
        if (model.OutputRules is { } rules)
        {
            var plain = new SentencePieceBlanks { AddsDummy = false, RemovesExtra = false, Escapes = false };
            stages.Add(_ => new NormalizingStage(new SentencePieceNormalizer(rules, null, plain)));
        }
        return new DecoderChain(stages) { ByteFallback = true };
    }
}
