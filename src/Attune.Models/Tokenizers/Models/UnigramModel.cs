using System.Buffers;
using System.Globalization;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>What a Unigram model does beside finding the best division.</summary>
internal sealed record UnigramOptions
{
    public int? Unknown { get; init; }

    /// <summary>What no piece covers is written as bytes where the vocabulary has them.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Sums are rounded to float32, as sentencepiece keeps them: it decides between divisions that are nearly equal.</summary>
    public bool SinglePrecision { get; init; }
}

/// <summary>
/// Unigram (Kudo 2018): of all divisions of a piece the one with the largest sum of scores, by Viterbi over a trie of the pieces. What no
/// piece covers is unknown, scored 10 below the worst piece; neighbouring unknowns are one token, or bytes where the vocabulary has them.
/// </summary>
internal sealed class UnigramModel : TokenModel
{
    private const double UnknownPenalty = 10;

    // Sums over any text stay finite, in float32 too: where they did not, no division would be the best.
    private const double LargestScore = 1e20;

    private readonly UnigramOptions _options;
    private readonly double[] _scores;
    private readonly double _unknownScore;
    private readonly ByteTokens? _bytes;
    private readonly RuneTrie _trie = new();

    /// <summary>The model of a tokenizer.json: every piece can be found.</summary>
    public UnigramModel(Vocabulary vocabulary, double[] scores, UnigramOptions options)
        : this(vocabulary, scores, options, _ => true, scores.Length == 0 ? 0 : scores.Min())
    {
        if (options.Unknown is { } id && (uint)id >= (uint)scores.Length)
            throw new AttuneException($"The Unigram model's unk_id is {id}, but it has {scores.Length} pieces; mend the tokenizer's file.");
    }

    /// <summary>
    /// A sentencepiece model: control, unknown and byte pieces and unused ones are not found; a user-defined piece of n bytes has the
    /// score n·(best score) − 0.1.
    /// </summary>
    public UnigramModel(Vocabulary vocabulary, IReadOnlyList<Piece> pieces, UnigramOptions options)
        : this(vocabulary, Scores(pieces), options, i => pieces[i].Type is PieceType.Normal or PieceType.UserDefined, Normal(pieces).DefaultIfEmpty().Min())
    {
    }

    private UnigramModel(Vocabulary vocabulary, double[] scores, UnigramOptions options, Predicate<int> isFound, double worst) : base(vocabulary)
    {
        if (Array.FindIndex(scores, s => !(Math.Abs(s) <= LargestScore)) is var at and >= 0)
            throw new AttuneException($"The Unigram model's piece {at} has the score {scores[at].ToString(CultureInfo.InvariantCulture)}, but scores are logarithms of probabilities; mend the tokenizer's file.");
        _options = options;
        _scores = scores;
        _unknownScore = worst - UnknownPenalty;
        _bytes = options.ByteFallback ? new ByteTokens(vocabulary) : null;
        for (var i = 0; i < scores.Length; i++)
            if (isFound(i) && vocabulary[i] is { Length: > 0 } piece)
                _trie.Insert(RunePattern.RunesOf(piece), i);
    }

    public override int? UnknownId => _options.Unknown;

    private static IEnumerable<float> Normal(IReadOnlyList<Piece> pieces) => pieces.Where(p => p.Type == PieceType.Normal).Select(p => p.Score);

    private static double[] Scores(IReadOnlyList<Piece> pieces)
    {
        var best = Normal(pieces).DefaultIfEmpty().Max();
        return [.. pieces.Select(p => p.Type == PieceType.UserDefined ? System.Text.Encoding.UTF8.GetByteCount(p.Text) * best - 0.1 : p.Score)];
    }

    public override void Tokenize(AlignedSpan piece, TokenSink sink)
    {
        if (piece.Count == 0)
            return;
        var path = ArrayPool<(int Other, int Id)>.Shared.Rent(piece.Count + 1);
        FindBest(piece.Runes, path);
        Reverse(path, piece.Count);
        for (var start = 0; start < piece.Count;)
        {
            var (end, id) = path[start];
            while (id < 0 && end < piece.Count && path[end].Id < 0)
                end = path[end].Other;
            if (id >= 0)
                sink.Add(id, piece, start, end);
            else
                AddUnknown(piece, start, end, sink);
            start = end;
        }
        ArrayPool<(int Other, int Id)>.Shared.Return(path);
    }

    private void AddUnknown(AlignedSpan piece, int start, int end, TokenSink sink)
    {
        if (_bytes is not null && piece.Slice(start, end - start).Runes is var runes && AllBytes(runes))
            for (var i = 0; i < runes.Length; i++)
                foreach (var id in _bytes.Of(runes[i])!)
                    sink.Add(id, piece, start + i, start + i + 1);
        else
            sink.Add(_options.Unknown ?? throw new AttuneException(
                $"'{RegexParser.Shorten(piece.ToText())}' holds a character that the vocabulary lacks, and it has no unknown token; mend the tokenizer's file."), piece, start, end);
    }

    private bool AllBytes(ReadOnlySpan<int> runes)
    {
        if (_bytes!.IsComplete)
            return true;
        foreach (var rune in runes)
            if (_bytes.Of(rune) is null)
                return false;
        return true;
    }

    /// <summary>For each place the best division that ends there: where its last token begins, and its id (−1: unknown).</summary>
    private void FindBest(ReadOnlySpan<int> runes, (int Other, int Id)[] from)
    {
        var best = ArrayPool<double>.Shared.Rent(runes.Length + 1);
        best.AsSpan(1, runes.Length).Fill(double.NegativeInfinity);
        best[0] = 0;
        for (var start = 0; start < runes.Length; start++)
        {
            var single = false;
            var node = 0;
            for (var end = start; end < runes.Length && (node = _trie.Step(node, runes[end])) >= 0; end++)
            {
                var id = _trie.ValueAt(node);
                if (id < 0)
                    continue;
                single |= end == start;
                // The unknown piece itself, found in text, is unknown.
                Offer(best, from, start, end + 1, _scores[id], id == _options.Unknown ? -1 : id);
            }
            if (!single)
                Offer(best, from, start, start + 1, _unknownScore, -1);
        }
        ArrayPool<double>.Shared.Return(best);
    }

    private void Offer(double[] best, (int Other, int Id)[] from, int start, int end, double score, int id)
    {
        var sum = best[start] + score;
        if (sum <= best[end])
            return;
        best[end] = _options.SinglePrecision ? (float)sum : sum;
        from[end] = (start, id);
    }

    /// <summary>Turns the links around: for each place where a token begins, where it ends, and its id.</summary>
    private static void Reverse((int Other, int Id)[] links, int length)
    {
        var link = links[length];
        for (var end = length; end > 0;)
        {
            var (start, id) = link;
            link = links[start];
            links[start] = (end, id);
            end = start;
        }
    }
}
