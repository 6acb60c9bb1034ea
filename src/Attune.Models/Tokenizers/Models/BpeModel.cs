using System.Collections.Concurrent;
using System.Text;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>What a byte-pair model does beside merging.</summary>
internal sealed record BpeOptions
{
    public string? UnknownToken { get; init; }
    public string ContinuingPrefix { get; init; } = "";
    public string EndOfWordSuffix { get; init; } = "";

    /// <summary>A run of unknown characters is one unknown token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>An unknown character becomes its bytes, &lt;0x41&gt;, where the vocabulary has them.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>A piece that is a token is taken whole, whether or not merges make it.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>The same for pieces of line feeds only.</summary>
    public bool WholeBreaks { get; init; }
}

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016): the pair of neighbours with the lowest rank is merged, the leftmost first, until none is
/// left. A heap keeps it n·log n in the length of a piece; pieces that were seen are remembered.
/// </summary>
internal sealed class BpeModel : TokenModel
{
    private const int LongestCached = 64, CacheCapacity = 20_000;

    private readonly PairTable _merges;
    private readonly BpeOptions _options;
    private readonly int? _unknown;
    private readonly ByteTokens? _bytes;
    private readonly int[] _singles = new int[0x200];
    private readonly ConcurrentDictionary<string, Word> _cache = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Word>.AlternateLookup<ReadOnlySpan<char>> _cacheLookup;
    private int _cached;

    public BpeModel(Vocabulary vocabulary, IReadOnlyList<(string Left, string Right)> merges, BpeOptions options) : base(vocabulary)
    {
        _options = options;
        _unknown = options.UnknownToken is null ? null : vocabulary.IdOf(options.UnknownToken);
        _merges = BpeMerges.Resolve(vocabulary, merges, options.ContinuingPrefix);
        _bytes = options.ByteFallback ? new ByteTokens(vocabulary) : null;
        _cacheLookup = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var rune = 0; rune < _singles.Length; rune++)
            _singles[rune] = vocabulary.IdOf(char.ConvertFromUtf32(rune)) ?? -1;
    }

    public override int? UnknownId => _unknown;

    public override bool DividesAtMarks =>
        !_options.IgnoreMerges && _options.ContinuingPrefix.Length + _options.EndOfWordSuffix.Length == 0 && Vocabulary.BeginsAtMarks;

    /// <summary>The tokens of a piece: for each its id and the code points that it covers.</summary>
    private sealed record Word(Symbol[] Tokens, int Lost);

    public override void Tokenize(AlignedSpan piece, TokenSink sink)
    {
        if (piece.Count == 0)
            return;
        Span<char> buffer = stackalloc char[2 * LongestCached];
        if (piece.Count > LongestCached)
        {
            Put(Split(piece, piece.ToText()), piece, sink);
            return;
        }
        var length = 0;
        foreach (var rune in piece.Runes)
            length += new Rune(rune).EncodeToUtf16(buffer[length..]);
        var key = buffer[..length];
        if (!_cacheLookup.TryGetValue(key, out var word))
        {
            var text = new string(key);
            word = Split(piece, text);
            // A full cache stays as it is: what comes first is mostly what comes often.
            if (_cached < CacheCapacity && _cache.TryAdd(text, word))
                Interlocked.Increment(ref _cached);
        }
        Put(word, piece, sink);
    }

    private static void Put(Word word, AlignedSpan piece, TokenSink sink)
    {
        foreach (var (id, start, end) in word.Tokens)
            sink.Add(id, piece, start, end);
        sink.Lost += word.Lost;
    }

    private Word Split(AlignedSpan piece, string text)
    {
        if ((_options.IgnoreMerges || _options.WholeBreaks && !piece.Runes.ContainsAnyExcept('\n')) && Vocabulary.IdOf(text) is { } whole)
            return new Word([new Symbol(whole, 0, piece.Count)], 0);
        var symbols = Symbols(piece.Runes, text, out var lost);
        BpeMerges.Apply(_merges, symbols);
        return new Word([.. symbols], lost);
    }

    private List<Symbol> Symbols(ReadOnlySpan<int> runes, string text, out int lost)
    {
        var symbols = new List<Symbol>(runes.Length);
        var unknownFrom = -1;
        lost = 0;
        for (var i = 0; i < runes.Length; i++)
        {
            var id = Single(runes[i], i == 0, i == runes.Length - 1);
            var bytes = id is null ? Bytes(runes[i]) : null;
            // As in the reference, bytes do not end a run of unknown characters.
            if (unknownFrom >= 0 && (id is not null || bytes is null && !_options.FuseUnknown))
            {
                symbols.Add(new Symbol(_unknown!.Value, unknownFrom, i));
                unknownFrom = -1;
            }
            if (id is not null)
                symbols.Add(new Symbol(id.Value, i, i + 1));
            else if (bytes is not null)
                foreach (var token in bytes)
                    symbols.Add(new Symbol(token, i, i + 1));
            else if (_unknown is not null)
                unknownFrom = unknownFrom < 0 ? i : unknownFrom;
            else if (_options.UnknownToken is not null)
                throw new AttuneException(
                    $"'{RegexParser.Shorten(text)}' holds a character that the vocabulary lacks, and its unknown token '{_options.UnknownToken}' is not in the vocabulary either; mend the tokenizer's file.");
            else
                lost++;
        }
        if (unknownFrom >= 0)
            symbols.Add(new Symbol(_unknown!.Value, unknownFrom, runes.Length));
        return symbols;
    }

    private int? Single(int rune, bool isFirst, bool isLast)
    {
        var prefix = isFirst ? "" : _options.ContinuingPrefix;
        var suffix = isLast ? _options.EndOfWordSuffix : "";
        if (prefix.Length + suffix.Length > 0)
            return Vocabulary.IdOf(prefix + char.ConvertFromUtf32(rune) + suffix);
        if (rune < _singles.Length)
            return _singles[rune] < 0 ? null : _singles[rune];
        return Vocabulary.IdOf(char.ConvertFromUtf32(rune));
    }

    private int[]? Bytes(int rune) => _bytes?.Of(rune);
}
