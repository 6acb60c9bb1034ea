using System.Text;
using Attune.Models.Tokenizers;

namespace Attune.Models.Generation;

/// <summary>Gathers tokens into text, watches for stop strings, and holds text back while it may be the begin of one.</summary>
internal sealed class GeneratedOutput(LanguageModel model, SamplingOptions options, Action<string>? onText)
{
    private readonly List<int> ids = [];
    private readonly StringBuilder text = new();
    private readonly StreamingDecoder decoder = model.Tokenizer.CreateDecoder(skipSpecial: true);
    private int shown;

    public int Count => ids.Count;

    /// <summary>False: generation has ended.</summary>
    public bool Add(int id)
    {
        if (model.EndIds.Contains(id))
            return false;
        ids.Add(id);
        text.Append(decoder.Append(id));
        foreach (var stop in options.Stop)
            if (stop.Length > 0 && text.ToString(shown, text.Length - shown).IndexOf(stop, StringComparison.Ordinal) is var at and >= 0)
            {
                text.Length = shown + at;
                return false;
            }
        Show(text.Length - Held());
        return true;
    }

    public GeneratedText End(string ending, int computed)
    {
        if (ending == "length")
            text.Append(decoder.Finish());
        Show(text.Length);
        return new GeneratedText(ids, text.ToString(), ending, computed);
    }

    private void Show(int upTo)
    {
        if (upTo <= shown)
            return;
        onText?.Invoke(text.ToString(shown, upTo - shown));
        shown = upTo;
    }

    /// <summary>Characters at the end that may turn out to begin a stop string.</summary>
    private int Held()
    {
        var held = 0;
        foreach (var stop in options.Stop)
            for (var n = Math.Min(stop.Length - 1, text.Length - shown); n > held; n--)
                if (text.ToString(text.Length - n, n) == stop[..n])
                    held = n;
        return held;
    }
}
