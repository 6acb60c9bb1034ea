using System.Text;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>BERT's tokenizer from its older format, vocab.txt: one token a line, the line number is the id.</summary>
public static class WordPieceTokenizer
{
    private static readonly string[] SpecialNames = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>The tokenizer of a vocab.txt.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="lowercase">Whether the model is an uncased one (do_lower_case).</param>
    public static ITokenizer LoadVocabulary(string path, bool lowercase = true)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllText(path, new UTF8Encoding(false, true)).Split('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new AttuneException($"'{path}' cannot be read as UTF-8 text ({e.Message.TrimEnd('.')}); give the path of a vocab.txt.", inner: e);
        }
        // A line feed at the end of the file makes no token.
        var tokens = (lines[^1].Length == 0 ? lines[..^1] : lines).Select(l => l.TrimEnd('\r')).ToList();
        var warnings = new List<string>();
        var vocabulary = Vocabulary.Of(tokens, warnings);
        var special = new SpecialTokens
        {
            Pad = vocabulary.IdOf("[PAD]"),
            Unknown = vocabulary.IdOf("[UNK]"),
            Class = vocabulary.IdOf("[CLS]"),
            Separator = vocabulary.IdOf("[SEP]"),
            Mask = vocabulary.IdOf("[MASK]"),
        };
        var normalizer = new BertNormalizer(cleanText: true, separateHan: true, stripAccents: null, lowercase);
        return new Tokenizer(Parts(vocabulary, special, [], warnings, normalizer));
    }

    internal static TokenizerParts Parts(
        Vocabulary vocabulary, SpecialTokens special, List<AddedToken> added, List<string> warnings, Normalizer normalizer)
    {
        var known = added.Select(a => a.Id).ToHashSet();
        foreach (var name in SpecialNames)
            if (vocabulary.IdOf(name) is { } id && known.Add(id))
                added.Add(new AddedToken(id, name) { Special = true });
        var first = special.Class ?? special.Begin ?? vocabulary.IdOf("[CLS]") ?? throw Missing("[CLS]");
        var last = special.Separator ?? special.End ?? vocabulary.IdOf("[SEP]") ?? throw Missing("[SEP]");
        return new TokenizerParts(new WordPieceModel(vocabulary))
        {
            Added = added,
            Normalizer = normalizer,
            PreTokenizer = PreTokenizerJson.Bert(),
            PostProcessor = new PostProcessor
            {
                Single = [new(first, false, 0), new(null, false, 0), new(last, false, 0)],
                Pair = [new(first, false, 0), new(null, false, 0), new(last, false, 0), new(null, true, 1), new(last, false, 1)],
            },
            Decoder = DecoderChain.ForWordPiece("##", cleanUp: true),
            Special = special,
            Warnings = warnings,
        };
    }

    private static AttuneException Missing(string token) =>
        new($"The WordPiece vocabulary lacks '{token}', which BERT puts around every text; give a BERT vocabulary.");
}
