using System.Globalization;
using System.Text;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>
/// The steps of every tokenizer: added tokens are cut out, the text between them is normalised, cut into pieces, and given to the
/// model; the post-processor puts special tokens around the result.
/// </summary>
internal sealed class Tokenizer : ITokenizer
{
    private readonly TokenizerParts _parts;
    private readonly AddedTokenMatcher _raw, _normalized;
    private readonly Dictionary<int, AddedToken> _added;
    private readonly Dictionary<string, int> _addedIds;
    private readonly Dictionary<int, string> _addedTexts;
    private readonly Lazy<byte[][]> _bytes;
    private readonly WordEncoder? _words;

    public Tokenizer(TokenizerParts parts)
    {
        _parts = parts;
        _added = parts.Added.ToDictionary(t => t.Id);
        _addedIds = parts.Added.GroupBy(t => t.Content, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Id, StringComparer.Ordinal);
        // An added token that is searched in normalised text decodes to its normalised form, as in the reference.
        _addedTexts = parts.Added.ToDictionary(t => t.Id, t => t.Normalized ? string.Concat(Normalized(t.Content).Select(char.ConvertFromUtf32)) : t.Content);
        _raw = new AddedTokenMatcher(parts.Added.Where(t => !t.Normalized).Select(t => (RunePattern.RunesOf(t.Content), t)));
        _normalized = new AddedTokenMatcher(parts.Added.Where(t => t.Normalized).Select(t => (Normalized(t.Content), t)));
        _words = WordPlan.Of(parts) is { } plan ? new WordEncoder(plan, _raw, _normalized, RunStretch) : null;
        VocabularySize = Math.Max(parts.Model.Vocabulary.Size, parts.Added.Count == 0 ? 0 : parts.Added.Max(t => t.Id) + 1);
        _bytes = new Lazy<byte[][]>(() => Enumerable.Range(0, VocabularySize).Select(BytesOf).ToArray());
    }

    public int VocabularySize { get; }
    public int? BeginId => _parts.Special.Begin ?? _parts.Special.Class;
    public int? EndId => _parts.Special.End ?? _parts.Special.Separator;
    public int? PadId => _parts.Special.Pad;
    public int? UnknownId => _parts.Special.Unknown ?? _parts.Model.UnknownId;
    public int? MaskId => _parts.Special.Mask;
    public IReadOnlyList<string> Warnings => _parts.Warnings;
    public TruncationSettings? Truncation => _parts.Truncation;
    public PaddingSettings? Padding => _parts.Padding;

    public int[] Encode(string text, bool addSpecial, bool parseSpecial = true)
    {
        var ids = _words?.Encode(text, parseSpecial) ?? [.. Run(text, parseSpecial).Ids];
        return addSpecial ? Around(ids, _parts.PostProcessor.Single) : ids;
    }

    public TokenizedText EncodeWithOffsets(string text, bool addSpecial, bool parseSpecial = true)
    {
        var sink = Run(text, parseSpecial);
        var offsets = _parts.PostProcessor.TrimOffsets ? Trimmed(text, sink) : [.. sink.Offsets];
        if (!addSpecial)
            return new TokenizedText([.. sink.Ids], offsets, sink.Lost);
        var all = _parts.PostProcessor.Single.SelectMany(i => i.Id is null ? offsets : [default]);
        return new TokenizedText(Around([.. sink.Ids], _parts.PostProcessor.Single), [.. all], sink.Lost);
    }

    public EncodedPair EncodePair(string first, string second, int? maximumLength = null, bool parseSpecial = true)
    {
        int[][] texts = [[.. Run(first, parseSpecial).Ids], [.. Run(second, parseSpecial).Ids]];
        var truncated = 0;
        if (maximumLength is { } maximum)
        {
            var room = maximum - _parts.PostProcessor.AddedTo(pair: true);
            if (room < 0)
                throw new AttuneException($"A pair of texts needs {maximum - room} special tokens, but only {maximum} tokens are allowed; allow more.");
            var (one, two) = PairTruncation.LongestFirst(texts[0].Length, texts[1].Length, room);
            truncated = texts[0].Length + texts[1].Length - one - two;
            texts = [texts[0][..one], texts[1][..two]];
        }
        var items = _parts.PostProcessor.Pair
            .SelectMany(i => i.Id is { } id ? [(id, i.TypeId, true)] : texts[i.Second ? 1 : 0].Select(t => (Id: t, i.TypeId, Special: false)))
            .ToArray();
        return new EncodedPair([.. items.Select(i => i.Id)], [.. items.Select(i => i.TypeId)], [.. items.Select(i => i.Special)], truncated);
    }

    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial)
    {
        var running = _parts.Decoder.Start();
        foreach (var id in ids)
            if (Visible(id, skipSpecial) is { } token)
                running.Push(token);
        return running.Finish();
    }

    public StreamingDecoder CreateDecoder(bool skipSpecial) => new(id => Visible(id, skipSpecial), _parts.Decoder.Start());

    public string TokenText(int id) => IsSpecial(id) ? _added[id].Content : ByteText.Readable(TokenBytes(id));

    public ReadOnlySpan<byte> TokenBytes(int id)
    {
        Check(id);
        return _bytes.Value[id];
    }

    public bool IsSpecial(int id) => _added.TryGetValue(id, out var token) && token.Special;

    public int? IdOf(string token) => _addedIds.TryGetValue(token, out var id) ? id : _parts.Model.Vocabulary.IdOf(token);

    private TokenSink Run(string text, bool parseSpecial)
    {
        var sink = new TokenSink();
        foreach (var (span, token) in _raw.Split(AlignedText.Of(text).All, parseSpecial))
        {
            if (token is not null)
                sink.AddAdded(token.Id, span);
            else
                RunStretch(span, parseSpecial, sink);
        }
        return sink;
    }

    private void RunStretch(AlignedSpan text, bool parseSpecial, TokenSink sink) => RunNormalized(_parts.Normalizer?.Apply(text).All ?? text, parseSpecial, sink);

    private void RunNormalized(AlignedSpan text, bool parseSpecial, TokenSink sink)
    {
        var pieces = new List<AlignedSpan>();
        foreach (var (span, token) in _normalized.Split(text, parseSpecial))
        {
            if (token is not null)
            {
                sink.AddAdded(token.Id, span);
                continue;
            }
            pieces.Clear();
            if (_parts.PreTokenizer is null)
                pieces.Add(span);
            else
                _parts.PreTokenizer.Split(span, pieces);
            foreach (var piece in pieces)
                _parts.Model.Tokenize(piece, sink);
        }
    }

    // Blanks are counted in code points: where the text has surrogate pairs, the ranges are brought there and back.
    private TokenOffset[] Trimmed(string text, TokenSink sink)
    {
        var units = new List<int>(text.Length + 1);
        var points = new int[text.Length + 1];
        for (var i = 0; i < text.Length; i++)
        {
            points[i] = units.Count;
            if (i == 0 || !char.IsLowSurrogate(text[i]) || !char.IsHighSurrogate(text[i - 1]))
                units.Add(i);
        }
        points[text.Length] = units.Count;
        units.Add(text.Length);
        return sink.Offsets.Select((offset, i) =>
        {
            var token = sink.AddedTexts.GetValueOrDefault(i) ?? _parts.Model.Vocabulary[sink.Ids[i]] ?? "";
            var (start, end) = _parts.PostProcessor.Trim(points[offset.Start], points[offset.End], token, i == 0);
            return new TokenOffset(units[start], units[end]);
        }).ToArray();
    }

    private int[] Normalized(string content)
    {
        var text = AlignedText.Of(content);
        return (_parts.Normalizer?.Apply(text.All) ?? text).Runes.ToArray();
    }

    private static int[] Around(int[] ids, IReadOnlyList<TemplateItem> items) =>
        items is [{ Id: null }] ? ids : items.SelectMany(i => i.Id is { } id ? [id] : ids).ToArray();

    private string? TokenOf(int id) => _addedTexts.TryGetValue(id, out var text) ? text : _parts.Model.Vocabulary[id];

    private string? Visible(int id, bool skipSpecial)
    {
        Check(id);
        // As in the reference, a special token whose normalised form differs from its content is not skipped.
        var skipped = skipSpecial && IsSpecial(id) && _added[id].Content == _addedTexts[id];
        return skipped ? null : TokenOf(id);
    }

    private byte[] BytesOf(int id) => TokenOf(id) switch
    {
        null => [],
        var token when IsSpecial(id) => Encoding.UTF8.GetBytes(token),
        var token => _parts.Decoder.BytesOf(token),
    };

    private void Check(int id)
    {
        if ((uint)id >= (uint)VocabularySize)
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture,
                $"Token id {id} is outside the vocabulary of {VocabularySize} tokens; the ids must come from the same tokenizer."));
    }
}
