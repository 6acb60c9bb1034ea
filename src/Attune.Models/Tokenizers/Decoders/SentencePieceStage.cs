using System.Buffers;
using System.Text;

namespace Attune.Models.Tokenizers;

/// <summary>What decoding needs to know of a sentencepiece model.</summary>
internal sealed record SentencePieceDecoding(SentencePieceBlanks Blanks, IReadOnlySet<string> Controls, string UnknownPiece, string UnknownSurface);

/// <summary>
/// Pieces to text as sentencepiece does it: ▁ to blanks, without those that normalisation put before the text; bytes to characters,
/// U+FFFD for each byte of none; the unknown piece to its surface. Control pieces, where they are shown, are no text.
/// </summary>
internal sealed class SentencePieceStage(SentencePieceDecoding model, bool first) : DecodingStage
{
    private const string Blank = "▁";

    private readonly List<byte> _bytes = [];
    private bool _atBegin = first;
    private bool _ateBlank;

    public override void Push(string token)
    {
        if (ByteFallbackStage.ByteOf(token) is { } value)
        {
            _bytes.Add(value);
            PassBytes(atEnd: false);
            return;
        }
        Finish();
        if (model.Controls.Contains(token))
            Next(token);
        else
            Pass(token == model.UnknownPiece ? model.UnknownSurface : Text(token));
    }

    public override void Finish() => PassBytes(atEnd: true);

    private string Text(string token)
    {
        _atBegin &= !_ateBlank;
        _ateBlank = false;
        if (_atBegin && (model.Blanks.AddsDummy || model.Blanks.RemovesExtra) && token.StartsWith(Blank, StringComparison.Ordinal))
        {
            token = token[Blank.Length..];
            _ateBlank = !model.Blanks.RemovesExtra;
        }
        return token.Replace(Blank, " ", StringComparison.Ordinal);
    }

    private void Pass(string text)
    {
        _atBegin &= text.Length == 0;
        Next(text);
    }

    // A character is passed on as soon as its last byte is there.
    private void PassBytes(bool atEnd)
    {
        var all = _bytes.ToArray().AsSpan();
        while (all.Length > 0)
        {
            var status = Rune.DecodeFromUtf8(all, out var rune, out var used);
            if (status == OperationStatus.NeedMoreData && !atEnd)
                break;
            Pass(status == OperationStatus.Done ? rune.ToString() : "\uFFFD");
            all = all[(status == OperationStatus.Done ? used : 1)..];
        }
        _bytes.RemoveRange(0, _bytes.Count - all.Length);
    }
}

/// <summary>Normalises the whole text at its end.</summary>
internal sealed class NormalizingStage(Normalizer normalizer) : DecodingStage
{
    private readonly StringBuilder _all = new();

    public override void Push(string token) => _all.Append(token);

    public override void Finish()
    {
        if (_all.Length > 0)
            Next(normalizer.Apply(AlignedText.Of(_all.ToString()).All).All.ToText());
        _all.Clear();
    }
}
