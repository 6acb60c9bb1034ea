using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>What tokenizer_config.json says of a sentencepiece model: what stands around a text, and which class numbers its pieces.</summary>
internal sealed record SentencePieceSettings
{
    private const string ConfigurationFile = "tokenizer_config.json";

    // The classes whose numbers are those of the model, or follow from it by a rule that is written here.
    private static readonly string[] Begun = ["LlamaTokenizer", "CodeLlamaTokenizer", "GemmaTokenizer"];
    private static readonly string[] Ended = ["T5Tokenizer"];
    private static readonly string[] Shifted = ["XLMRobertaTokenizer"];

    public string? Class { get; init; }
    public bool? AddsBegin { get; init; }
    public bool? AddsEnd { get; init; }
    public int ExtraIds { get; init; }
    private Func<Func<string, int?>, SpecialTokens>? Configured { get; init; }

    public static SentencePieceSettings Read(string folder, string name)
    {
        var path = Path.Combine(folder, ConfigurationFile);
        if (!File.Exists(path))
            return new SentencePieceSettings();
        using var document = JsonFields.Parse(File.ReadAllBytes(path), $"'{path}'");
        var root = document.RootElement;
        var type = root.OptionalText("tokenizer_class");
        type = type?.EndsWith("Fast", StringComparison.Ordinal) == true ? type[..^4] : type;
        string[] known = [.. Begun, .. Ended, .. Shifted, "PreTrainedTokenizer"];
        if (type is not null && !known.Contains(type, StringComparer.Ordinal))
            throw new AttuneException(
                $"{name} is used by the tokenizer_class '{type}', whose numbering of the pieces is not known (known: {string.Join(", ", known)}); use its tokenizer.json.");
        return new SentencePieceSettings
        {
            Class = type,
            AddsBegin = root.Flag("add_bos_token"),
            AddsEnd = root.Flag("add_eos_token"),
            ExtraIds = root.Integer("extra_ids") ?? (type == Ended[0] ? 100 : 0),
            Configured = idOf => SpecialTokensJson.Read(folder, idOf),
        };
    }

    /// <summary>The pieces as the class numbers them.</summary>
    public SentencePieceModel Renumber(SentencePieceModel model)
    {
        if (Class is not null && Shifted.Contains(Class, StringComparer.Ordinal))
            return Shift(model);
        if (ExtraIds is < 0 or > 10_000)
            throw new AttuneException($"The {ConfigurationFile} asks for {ExtraIds} extra_ids, but between 0 and 10000 are allowed; mend it.");
        var extra = Enumerable.Range(0, ExtraIds).Select(i => new Piece($"<extra_id_{ExtraIds - 1 - i}>", 0, PieceType.Control));
        return ExtraIds == 0 ? model : model with { Pieces = [.. model.Pieces, .. extra] };
    }

    public SpecialTokens Special(SpecialTokens own, Func<string, int?> idOf)
    {
        var configured = Configured?.Invoke(idOf) ?? new SpecialTokens();
        return configured with
        {
            Begin = configured.Begin ?? own.Begin,
            End = configured.End ?? own.End,
            Pad = configured.Pad ?? own.Pad,
            Unknown = configured.Unknown ?? own.Unknown,
        };
    }

    public PostProcessor PostProcessor(SpecialTokens special)
    {
        var shifted = Is(Shifted);
        var begin = AddsBegin ?? (shifted || Is(Begun)) ? special.Begin : null;
        var end = AddsEnd ?? (shifted || ExtraIds > 0 || Is(Ended)) ? special.End : null;
        return Tokenizers.PostProcessor.Around(begin, end, doubled: shifted);
    }

    private bool Is(string[] classes) => classes.Contains(Class, StringComparer.Ordinal);

    // fairseq's dictionary begins with <s>, <pad>, </s>, <unk>; sentencepiece's with <unk>, <s>, </s>; <mask> is behind all.
    private static SentencePieceModel Shift(SentencePieceModel model)
    {
        if (model.Pieces.Count < 3 || model.Unknown != 0)
            throw new AttuneException("The sentencepiece model of an XLM-RoBERTa must begin with <unk>, <s> and </s>; use its tokenizer.json.");
        Piece[] first = [model.Pieces[1], new("<pad>", 0, PieceType.Control), model.Pieces[2], model.Pieces[0]];
        return model with { Pieces = [.. first, .. model.Pieces.Skip(3), new("<mask>", 0, PieceType.Control)], Unknown = 3 };
    }
}
