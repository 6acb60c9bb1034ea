namespace Attune.Models.Tokenizers;

/// <summary>
/// Tokens of connectionist temporal classification (Graves et al. 2006): repetitions and padding dropped, and with clean-up the
/// delimiter of words to a blank.
/// </summary>
internal sealed class CtcStage(string padding, string delimiter, bool cleanUp) : DecodingStage
{
    private string? _last;

    public override void Push(string token)
    {
        if (token == _last)
            return;
        _last = token;
        var text = padding.Length == 0 ? token : token.Replace(padding, "", StringComparison.Ordinal);
        if (cleanUp)
            text = WordPieceStage.CleanUp(text);
        if (cleanUp && delimiter.Length > 0)
            text = text.Replace(delimiter, " ", StringComparison.Ordinal);
        if (text.Length > 0)
            Next(text);
    }
}
