using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>Tokens as the file writes them, and their ids.</summary>
internal sealed class Vocabulary
{
    /// <summary>More than any model has; an array over ids stays below 200 MB.</summary>
    public const int MaximumSize = 1 << 24;

    private const int UnquestionedSize = 1 << 20;
    private const int MostHoles = 16;

    private readonly string?[] _tokens;
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    private Vocabulary(string?[] tokens, Dictionary<string, int> ids)
    {
        _tokens = tokens;
        _ids = ids;
        _lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>One more than the largest id.</summary>
    public int Size => _tokens.Length;

    /// <summary>The token, or null for an id that is not used.</summary>
    public string? this[int id] => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;

    public int? IdOf(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>Whether ▁ is a token, and no token holds one behind something else.</summary>
    public bool BeginsAtMarks => IdOf("▁") is not null && !_tokens.Any(t => t is not null && t.TrimStart('▁').Contains('▁', StringComparison.Ordinal));

    public bool TryGetId(ReadOnlySpan<char> token, out int id) => _lookup.TryGetValue(token, out id);

    /// <summary>Tokens by their place in a list; where a token stands twice the first place counts.</summary>
    public static Vocabulary Of(IReadOnlyList<string> tokens, List<string> warnings)
    {
        var ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        for (var i = 0; i < tokens.Count; i++)
            if (!ids.TryAdd(tokens[i], i))
                warnings.Add($"The token '{tokens[i]}' has the ids {ids[tokens[i]]} and {i}; text is encoded with the first.");
        return new Vocabulary([.. tokens], ids);
    }

    /// <summary>As <see cref="Of(IReadOnlyList{string}, List{string})"/>; of tokens written alike the one of the lowest order counts, without a warning.</summary>
    public static Vocabulary Of(IReadOnlyList<string> tokens, int[] order)
    {
        var ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        for (var i = 0; i < tokens.Count; i++)
            if (!ids.TryAdd(tokens[i], i) && order[i] < order[ids[tokens[i]]])
                ids[tokens[i]] = i;
        return new Vocabulary([.. tokens], ids);
    }

    /// <summary>Tokens with the ids that the file gives them. Two tokens with one id are an error, unused ids a warning.</summary>
    public static Vocabulary Of(Dictionary<string, int> ids, List<string> warnings)
    {
        var size = ids.Count == 0 ? 0 : ids.Values.Max() + 1;
        // Ids may have holes, but memory must not follow one damaged id.
        if (size > UnquestionedSize && size / MostHoles > ids.Count)
            throw new AttuneException($"The vocabulary has {ids.Count} tokens but the id {size - 1}, far above their number; mend the vocabulary.");
        var tokens = new string?[size];
        foreach (var (token, id) in ids)
        {
            if (tokens[id] is { } other)
                throw new AttuneException($"The tokens '{other}' and '{token}' have the same id {id}, but an id stands for one token; mend the vocabulary.");
            tokens[id] = token;
        }
        if (ids.Count < size)
            warnings.Add($"The vocabulary has {ids.Count} tokens but ids up to {size - 1}: {size - ids.Count} ids stand for nothing.");
        return new Vocabulary(tokens, ids);
    }
}
