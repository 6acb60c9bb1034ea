using System.Text;

namespace Attune.Models.Tokenizers;

/// <summary>
/// A step from tokens to text which works on tokens as they come. It passes strings on; what it cannot decide yet it keeps until
/// more comes or the end does. Not first: the tokens continue a text whose beginning is not here.
/// </summary>
internal abstract class DecodingStage
{
    public Action<string> Next { get; set; } = static _ => { };

    public abstract void Push(string token);

    public virtual void Finish()
    {
    }
}

/// <summary>Characters of the byte alphabet to bytes, bytes to text; a character is passed on when its last byte has come.</summary>
internal sealed class ByteLevelStage : DecodingStage
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    public static byte[] BytesOf(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            var value = ByteAlphabet.ToByte(token[i]);
            if (value < 0)
                return Encoding.UTF8.GetBytes(token);
            bytes[i] = (byte)value;
        }
        return bytes;
    }

    public override void Push(string token) => Decode(BytesOf(token), flush: false);

    public override void Finish() => Decode([], flush: true);

    private void Decode(byte[] bytes, bool flush)
    {
        var chars = new char[_decoder.GetCharCount(bytes, flush)];
        var count = _decoder.GetChars(bytes, chars, flush);
        if (count > 0)
            Next(new string(chars, 0, count));
    }
}

/// <summary>Joins word pieces: one that continues loses its prefix, any other but the first gets a blank.</summary>
internal sealed class WordPieceStage(string prefix, bool cleanUp, bool first) : DecodingStage
{
    private static readonly (string From, string To)[] CleanUps =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"),
        (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    private bool _first = first;

    public override void Push(string token)
    {
        if (!_first)
            token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        _first = false;
        Next(cleanUp ? CleanUp(token) : token);
    }

    /// <summary>Takes out the blanks that dividing words put before punctuation and short forms.</summary>
    public static string CleanUp(string text)
    {
        foreach (var (from, to) in CleanUps)
            text = text.Replace(from, to, StringComparison.Ordinal);
        return text;
    }
}

/// <summary>▁ to blanks; those of the first token are left out where the pre-tokeniser put one there.</summary>
internal sealed class MetaspaceStage(string replacement, bool dropsFirst, bool first) : DecodingStage
{
    private bool _first = first;

    public override void Push(string token)
    {
        Next(token.Replace(replacement, _first && dropsFirst ? "" : " ", StringComparison.Ordinal));
        _first = false;
    }
}

/// <summary>Tokens &lt;0x41&gt; to bytes. A run of them that is no valid UTF-8 is one U+FFFD a byte.</summary>
internal sealed class ByteFallbackStage : DecodingStage
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly List<byte> _pending = [];

    public static byte? ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    public override void Push(string token)
    {
        if (ByteOf(token) is { } value)
        {
            _pending.Add(value);
            return;
        }
        Finish();
        Next(token);
    }

    public override void Finish()
    {
        if (_pending.Count == 0)
            return;
        string text;
        try
        {
            text = Strict.GetString([.. _pending]);
        }
        catch (DecoderFallbackException)
        {
            text = new string('\uFFFD', _pending.Count);
        }
        _pending.Clear();
        Next(text);
    }
}

/// <summary>Replaces a pattern in each token.</summary>
internal sealed class ReplaceStage(RunePattern pattern, string content) : DecodingStage
{
    public override void Push(string token)
    {
        var runes = RunePattern.RunesOf(token);
        var result = new StringBuilder();
        var done = 0;
        foreach (var (start, end) in pattern.Matches(runes))
        {
            Append(result, runes.AsSpan(done, start - done));
            result.Append(content);
            done = end;
        }
        Append(result, runes.AsSpan(done));
        Next(result.ToString());
    }

    private static void Append(StringBuilder builder, ReadOnlySpan<int> runes)
    {
        foreach (var rune in runes)
            builder.Append(new Rune(rune));
    }
}

/// <summary>A suffix that marks the end of a word becomes a blank, at the end of the text nothing.</summary>
internal sealed class SuffixStage(string suffix) : DecodingStage
{
    private string? _held;

    public override void Push(string token)
    {
        if (_held is not null)
            Next(_held.Replace(suffix, " ", StringComparison.Ordinal));
        _held = token;
    }

    public override void Finish()
    {
        if (_held is not null)
            Next(suffix.Length == 0 ? _held : _held.Replace(suffix, "", StringComparison.Ordinal));
        _held = null;
    }
}

/// <summary>Where the file names no decoder: tokens with blanks between them.</summary>
internal sealed class SpacedStage(bool first) : DecodingStage
{
    private bool _first = first;

    public override void Push(string token)
    {
        Next(_first ? token : " " + token);
        _first = false;
    }
}

/// <summary>Strips up to a number of one character from both ends of each token.</summary>
internal sealed class StripStage(char content, int start, int stop) : DecodingStage
{
    public override void Push(string token)
    {
        var from = 0;
        while (from < token.Length && from < start && token[from] == content)
            from++;
        var to = token.Length;
        while (to > from && token.Length - to < stop && token[to - 1] == content)
            to--;
        Next(token[from..to]);
    }
}

/// <summary>Strips up to a number of one character from the beginning of the whole text.</summary>
internal sealed class StripTextStartStage(char content, int count, bool first) : DecodingStage
{
    private int _left = first ? count : 0;

    public override void Push(string token)
    {
        var from = 0;
        while (_left > 0 && from < token.Length && token[from] == content)
        {
            from++;
            _left--;
        }
        if (from < token.Length)
            _left = 0;
        Next(token[from..]);
    }
}

/// <summary>Keeps everything and passes it on as one string.</summary>
internal sealed class FuseStage : DecodingStage
{
    private readonly StringBuilder _all = new();

    public override void Push(string token) => _all.Append(token);

    public override void Finish()
    {
        Next(_all.ToString());
        _all.Clear();
    }
}
