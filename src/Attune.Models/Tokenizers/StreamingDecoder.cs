namespace Attune.Models.Tokenizers;

/// <summary>
/// Turns ids into text as they come. A character whose bytes are spread over several tokens appears when the last of them has come.
/// For one text and one thread.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly Func<int, string?> _tokenOf;
    private readonly RunningDecoder _running;

    internal StreamingDecoder(Func<int, string?> tokenOf, RunningDecoder running)
    {
        _tokenOf = tokenOf;
        _running = running;
    }

    /// <summary>The text that is certain now and was not before; empty while a character is incomplete.</summary>
    public string Append(int id)
    {
        if (_tokenOf(id) is { } token)
            _running.Push(token);
        return _running.Take();
    }

    /// <summary>What was still kept back. Bytes that never became a character are U+FFFD.</summary>
    public string Finish() => _running.Finish();
}
