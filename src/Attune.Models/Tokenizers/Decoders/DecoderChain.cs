using System.Text;

namespace Attune.Models.Tokenizers;

/// <summary>The recipe of a decoder: its stages in order, each made anew for every text.</summary>
internal sealed record DecoderChain(IReadOnlyList<Func<bool, DecodingStage>> Stages)
{
    /// <summary>Tokens are written in the byte alphabet.</summary>
    public bool ByteLevel { get; init; }

    /// <summary>Tokens of the form &lt;0x41&gt; are bytes.</summary>
    public bool ByteFallback { get; init; }

    public static DecoderChain ForByteLevel { get; } = new([_ => new ByteLevelStage()]) { ByteLevel = true };

    public static DecoderChain Spaced { get; } = new([first => new SpacedStage(first)]);

    public static DecoderChain ForWordPiece(string prefix, bool cleanUp) => new([first => new WordPieceStage(prefix, cleanUp, first)]);

    /// <summary>Sentencepiece's tokens: ▁ (or nothing) is a blank, &lt;0x41&gt; a byte; one blank at the beginning is dropped where it was put there.</summary>
    public static DecoderChain ForPieces(bool dropsFirstBlank, string? blank = "▁")
    {
        var stages = new List<Func<bool, DecodingStage>>();
        if (blank is not null)
            stages.Add(_ => new ReplaceStage(RunePattern.OfLiteral(blank), " "));
        stages.Add(_ => new ByteFallbackStage());
        if (dropsFirstBlank)
            stages.Add(first => new StripTextStartStage(' ', 1, first));
        return new DecoderChain(stages) { ByteFallback = true };
    }

    public RunningDecoder Start(bool first = true) => new(Stages.Select(s => s(first)).ToList());

    /// <summary>What a token adds to a text in whose middle it stands.</summary>
    public byte[] BytesOf(string token)
    {
        if (ByteLevel)
            return ByteLevelStage.BytesOf(token);
        if (ByteFallback && ByteFallbackStage.ByteOf(token) is { } value)
            return [value];
        var running = Start(first: false);
        running.Push(token);
        return Encoding.UTF8.GetBytes(running.Take() + running.Finish());
    }
}

/// <summary>The stages at work on one text.</summary>
internal sealed class RunningDecoder
{
    private readonly List<DecodingStage> _stages;
    private readonly StringBuilder _text = new();

    public RunningDecoder(List<DecodingStage> stages)
    {
        _stages = stages;
        for (var i = 0; i + 1 < stages.Count; i++)
            stages[i].Next = stages[i + 1].Push;
        if (stages.Count > 0)
            stages[^1].Next = s => _text.Append(s);
    }

    public void Push(string token)
    {
        if (_stages.Count > 0)
            _stages[0].Push(token);
        else
            _text.Append(token);
    }

    public string Take()
    {
        var result = _text.ToString();
        _text.Clear();
        return result;
    }

    public string Finish()
    {
        foreach (var stage in _stages)
            stage.Finish();
        return Take();
    }
}
