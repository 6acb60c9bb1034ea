using System.Buffers;

namespace Attune.Models.Tokenizers;

/// <summary>Finds added tokens in a text: the leftmost, of those the longest.</summary>
internal sealed class AddedTokenMatcher
{
    /// <summary>How many steps per code point are taken in walks from each place, before the search that needs one goes on.</summary>
    private const int StepsPerRune = 8;

    private readonly RuneTrie _trie = new();
    private readonly List<AddedToken> _tokens = [];
    private readonly HashSet<int> _firsts = [];
    private readonly bool[] _asciiFirsts = new bool[128];
    private readonly Lazy<BackwardSearch> _backward;
    private readonly SearchValues<string> _contents;

    public AddedTokenMatcher(IEnumerable<(int[] Content, AddedToken Token)> tokens)
    {
        var contents = new List<int[]>();
        foreach (var (content, token) in tokens)
        {
            if (content.Length == 0)
                continue;
            _trie.Insert(content, _tokens.Count);
            _tokens.Add(token);
            contents.Add(content);
            _firsts.Add(content[0]);
            if (content[0] < _asciiFirsts.Length)
                _asciiFirsts[content[0]] = true;
        }
        _contents = SearchValues.Create([.. contents.Select(TextOf)], StringComparison.Ordinal);
        _backward = new Lazy<BackwardSearch>(() => new BackwardSearch(contents));
    }

    public bool IsEmpty => _tokens.Count == 0;

    /// <summary>Whether a text holds the content of a token anywhere.</summary>
    public bool MayMatch(ReadOnlySpan<char> text) => !IsEmpty && text.IndexOfAny(_contents) >= 0;

    /// <summary>The stretches of a text in order, each with its added token, or null for text between them.</summary>
    public List<(AlignedSpan Span, AddedToken? Token)> Split(AlignedSpan text, bool parseSpecial) => Split(text, parseSpecial, out _);

    /// <inheritdoc cref="Split(AlignedSpan, bool)"/>
    /// <param name="work">How many code points were looked at.</param>
    public List<(AlignedSpan Span, AddedToken? Token)> Split(AlignedSpan text, bool parseSpecial, out long work)
    {
        var result = new List<(AlignedSpan, AddedToken?)>();
        var search = new Search(this, text.Runes);
        var done = 0;
        while (search.Next(out var token, out var start, out var end))
        {
            // A match that does not count still hides what begins inside it, as in the reference.
            if (token.Special && !parseSpecial || token.SingleWord && !StandsAlone(text.Runes, start, end))
                continue;
            (start, end) = search.Widen(token, start, end, done);
            if (start > done)
                result.Add((text.Slice(done, start - done), null));
            result.Add((text.Slice(start, end - start), token));
            done = end;
        }
        if (done < text.Count)
            result.Add((text.Slice(done, text.Count - done), null));
        work = search.Work;
        return result;
    }

    private static string TextOf(int[] runes) => string.Concat(runes.Select(char.ConvertFromUtf32));

    private static bool StandsAlone(ReadOnlySpan<int> runes, int start, int end) =>
        (start == 0 || !UnicodeClass.IsWord(runes[start - 1])) && (end == runes.Length || !UnicodeClass.IsWord(runes[end]));

    private bool CanBegin(int rune) => rune < _asciiFirsts.Length ? _asciiFirsts[rune] : _firsts.Contains(rune);

    private ref struct Search(AddedTokenMatcher matcher, ReadOnlySpan<int> runes)
    {
        private readonly ReadOnlySpan<int> _runes = runes;
        private int[]? _longest;
        private int _longestFrom;
        private int _at;
        private int _blanksEnd;

        public long Work { get; private set; }

        public bool Next(out AddedToken token, out int start, out int end)
        {
            for (; _at < _runes.Length && !matcher.IsEmpty; _at++)
            {
                if (!matcher.CanBegin(_runes[_at]))
                    continue;
                var found = LongestAt(_at, out var length);
                if (found < 0)
                    continue;
                (token, start, end) = (matcher._tokens[found], _at, _at + length);
                _at = end;
                return true;
            }
            (token, start, end) = (null!, 0, 0);
            return false;
        }

        public (int Start, int End) Widen(AddedToken token, int start, int end, int done)
        {
            while (token.StripsLeft && start > done && UnicodeClass.IsWhiteSpace(_runes[start - 1]))
                start--;
            return (start, token.StripsRight ? EndOfBlanks(end) : end);
        }

        // A run of blanks in which many tokens end is walked once.
        private int EndOfBlanks(int at)
        {
            if (at < _blanksEnd)
                return _blanksEnd;
            while (at < _runes.Length && UnicodeClass.IsWhiteSpace(_runes[at]))
                at++;
            return _blanksEnd = at;
        }

        private int LongestAt(int at, out int length)
        {
            if (_longest is null && Work > (long)StepsPerRune * _runes.Length)
            {
                (_longest, _longestFrom) = (matcher._backward.Value.LongestFrom(_runes[at..]), at);
                Work += _runes.Length - at;
            }
            if (_longest is not null)
            {
                var found = _longest[at - _longestFrom];
                length = found < 0 ? 0 : matcher._backward.Value.LengthOf(found);
                return found;
            }
            return Walk(at, out length);
        }

        private int Walk(int at, out int length)
        {
            length = 0;
            var (found, node) = (-1, 0);
            for (var i = at; i < _runes.Length && (node = matcher._trie.Step(node, _runes[i])) >= 0; i++)
            {
                Work++;
                if (matcher._trie.ValueAt(node) is >= 0 and var value)
                    (found, length) = (value, i - at + 1);
            }
            return found;
        }
    }
}
