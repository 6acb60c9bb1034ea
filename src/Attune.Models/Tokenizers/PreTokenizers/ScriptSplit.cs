namespace Attune.Models.Tokenizers;

/// <summary>
/// Cuts where the script changes; kana count as Chinese characters, blanks and unassigned code points as what is before them. As in the
/// reference, such code points before the first script are in no piece.
/// </summary>
internal sealed class ScriptSplit : PreTokenizer
{
    private static readonly short Han = UnicodeScript.ByName("Han"), Hiragana = UnicodeScript.ByName("Hiragana"), Katakana = UnicodeScript.ByName("Katakana");

    public override void Split(AlignedSpan text, List<AlignedSpan> pieces)
    {
        var last = UnicodeScript.None;
        var start = -1;
        for (var i = 0; i < text.Count; i++)
        {
            var script = ScriptOf(text.Runes[i]);
            if (script == UnicodeScript.None || script == last)
                continue;
            if (start >= 0)
                pieces.Add(text.Slice(start, i - start));
            (start, last) = (i, script);
        }
        if (start >= 0)
            pieces.Add(text.Slice(start, text.Count - start));
    }

    // The mark of a long vowel, U+30FC, is common to both kana.
    private static short ScriptOf(int rune)
    {
        if (rune == 0x30FC)
            return Han;
        var script = rune == ' ' ? UnicodeScript.None : UnicodeScript.OfVersion9(rune);
        return script == Hiragana || script == Katakana ? Han : script;
    }
}
