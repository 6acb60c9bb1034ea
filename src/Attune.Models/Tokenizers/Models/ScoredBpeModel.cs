namespace Attune.Models.Tokenizers;

/// <summary>What a model of scored pieces does beside dividing text.</summary>
internal sealed record PieceOptions
{
    /// <summary>The piece for what the vocabulary lacks.</summary>
    public int? Unknown { get; init; }

    /// <summary>An unknown character is written as its bytes.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>User-defined pieces are found before anything is merged, and never merge with their neighbours.</summary>
    public bool FreezesUserDefined { get; init; }
}

/// <summary>
/// Byte-pair encoding as sentencepiece has it: two neighbours merge where their text is a piece, the piece with the best score first, of
/// equal scores the leftmost. A piece that is unused serves as a step only and is divided again.
/// </summary>
internal sealed class ScoredBpeModel : TokenModel
{
    private readonly PieceOptions _options;
    private readonly ScoredMerges _merges;
    private readonly RuneTrie _frozen = new();
    private readonly ByteTokens? _bytes;
    private readonly bool[] _unused;
    private readonly bool _hasUnused;

    public ScoredBpeModel(Vocabulary vocabulary, IReadOnlyList<Piece> pieces, PieceOptions options) : base(vocabulary)
    {
        _options = options;
        _bytes = options.ByteFallback ? new ByteTokens(vocabulary) : null;
        _unused = [.. pieces.Select(p => p.Type == PieceType.Unused)];
        _hasUnused = _unused.Contains(true);
        for (var i = 0; i < pieces.Count && options.FreezesUserDefined; i++)
            if (pieces[i].Type == PieceType.UserDefined)
                _frozen.Insert(RunePattern.RunesOf(pieces[i].Text), i);
        _merges = new ScoredMerges(pieces);
    }

    public override int? UnknownId => _options.Unknown;

    public override bool DividesAtMarks => Vocabulary.BeginsAtMarks;

    public override void Tokenize(AlignedSpan piece, TokenSink sink)
    {
        var runes = piece.Runes;
        var symbols = new List<Symbol>();
        var lastUnknown = -1;
        for (var at = 0; at < runes.Length;)
        {
            var frozen = _frozen.IsEmpty ? -1 : _frozen.Longest(runes, at, out var length);
            if (frozen < 0)
            {
                at = Stretch(runes, at, symbols);
                Merge(piece, symbols, sink, ref lastUnknown);
                continue;
            }
            sink.Add(frozen, piece, at, at + LengthOf(runes, at));
            lastUnknown = -1;
            at += LengthOf(runes, at);
        }
    }

    private int LengthOf(ReadOnlySpan<int> runes, int at)
    {
        _frozen.Longest(runes, at, out var length);
        return length;
    }

    /// <summary>The code points up to the next frozen piece.</summary>
    private int Stretch(ReadOnlySpan<int> runes, int at, List<Symbol> symbols)
    {
        symbols.Clear();
        do
        {
            symbols.Add(new Symbol(_merges.SymbolOf(runes[at]), at, at + 1));
            at++;
        }
        while (at < runes.Length && (_frozen.IsEmpty || _frozen.Longest(runes, at, out _) < 0));
        return at;
    }

    private void Merge(AlignedSpan piece, List<Symbol> symbols, TokenSink sink, ref int lastUnknown)
    {
        Dictionary<int, (int, int)>? steps = _hasUnused ? [] : null;
        BpeMerges.Apply(_merges.Pairs, symbols, steps is null ? null : (id, left, right) =>
        {
            if (_unused[id])
                steps[id] = (left, right);
        });
        foreach (var symbol in symbols)
            Put(piece, symbol, steps, sink, ref lastUnknown);
    }

    private void Put(AlignedSpan piece, Symbol symbol, Dictionary<int, (int Left, int Right)>? steps, TokenSink sink, ref int lastUnknown)
    {
        if (symbol.Id < 0 || symbol.Id >= _unused.Length)
        {
            PutUnknown(piece, symbol, sink, ref lastUnknown);
        }
        else if (_unused[symbol.Id] && steps!.TryGetValue(symbol.Id, out var step))
        {
            var middle = symbol.Start + _merges.LengthOf(step.Left);
            Put(piece, new Symbol(step.Left, symbol.Start, middle), steps, sink, ref lastUnknown);
            Put(piece, new Symbol(step.Right, middle, symbol.End), steps, sink, ref lastUnknown);
        }
        else
        {
            sink.Add(symbol.Id, piece, symbol.Start, symbol.End);
            lastUnknown = -1;
        }
    }

    // Neighbouring unknown characters are one token.
    private void PutUnknown(AlignedSpan piece, Symbol symbol, TokenSink sink, ref int lastUnknown)
    {
        if (_bytes?.Of(piece.Runes[symbol.Start]) is { } bytes)
        {
            foreach (var id in bytes)
                sink.Add(id, piece, symbol.Start, symbol.End);
            lastUnknown = -1;
        }
        else if (_options.Unknown is not { } unknown)
        {
            sink.Lost++;
        }
        else if (lastUnknown == symbol.Start)
        {
            sink.Extend(piece, symbol.End);
            lastUnknown = symbol.End;
        }
        else
        {
            sink.Add(unknown, piece, symbol.Start, symbol.End);
            lastUnknown = symbol.End;
        }
    }
}
