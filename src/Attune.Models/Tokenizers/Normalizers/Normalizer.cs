using System.Text;

namespace Attune.Models.Tokenizers;

/// <summary>Rewrites text before it is split; the origins of the code points are kept.</summary>
internal abstract class Normalizer
{
    /// <summary>The normal form of a word does not depend on what is beyond a blank, tab or line break, and these stay white space.</summary>
    public virtual bool WorksByWord => false;

    /// <summary>The same where text is cut before blanks between printable ASCII characters.</summary>
    public virtual bool WorksByRun => WorksByWord;

    public abstract AlignedText Apply(AlignedSpan text);

    /// <summary>Normalises without keeping origins, where that is quick; false where only <see cref="Apply"/> can do it.</summary>
    public virtual bool TryFast(ref ReadOnlySpan<char> text) => false;
}

internal sealed class NormalizerSequence(IReadOnlyList<Normalizer> parts) : Normalizer
{
    public override bool WorksByWord => parts.All(p => p.WorksByWord);
    public override bool WorksByRun => parts.All(p => p.WorksByRun);

    public override bool TryFast(ref ReadOnlySpan<char> text)
    {
        foreach (var part in parts)
            if (!part.TryFast(ref text))
                return false;
        return true;
    }

    public override AlignedText Apply(AlignedSpan text)
    {
        AlignedText? result = null;
        foreach (var part in parts)
            result = part.Apply(result?.All ?? text);
        return result ?? NormalizerTools.Copy(text);
    }
}

internal sealed class FormNormalizer(bool compose, bool compatibility) : Normalizer
{
    public override bool WorksByWord => true;

    public override bool TryFast(ref ReadOnlySpan<char> text) => UnicodeNormalization.IsNormal(text, compose, compatibility);

    public override AlignedText Apply(AlignedSpan text) => UnicodeNormalization.Normalize(text, compose, compatibility);
}

/// <summary>Each code point by its full lower-case mapping, without the rule for a final sigma.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    public override bool WorksByWord => true;

    public override AlignedText Apply(AlignedSpan text)
    {
        var result = new AlignedText(text.Count, text.OriginStart);
        for (var i = 0; i < text.Count; i++)
        {
            // U+0130 is the only code point whose lower case is two.
            if (text.Runes[i] == 0x130)
            {
                result.Add('i', text.Offsets[i]);
                result.Add(0x307, text.Offsets[i]);
            }
            else
            {
                result.Add(Rune.ToLowerInvariant(new Rune(text.Runes[i])).Value, text.Offsets[i]);
            }
        }
        return result;
    }
}

/// <summary>Drops the code points that a test names.</summary>
internal sealed class FilterNormalizer(Func<int, bool> keep) : Normalizer
{
    public override bool WorksByWord => keep(' ') && keep('\t') && keep('\n') && keep('\r');

    public override AlignedText Apply(AlignedSpan text)
    {
        var result = new AlignedText(text.Count, text.OriginStart);
        for (var i = 0; i < text.Count; i++)
            if (keep(text.Runes[i]))
                result.Add(text.Runes[i], text.Offsets[i]);
        return result;
    }
}

/// <summary>Strips white space from the left, the right, or both.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override AlignedText Apply(AlignedSpan text)
    {
        var start = 0;
        var end = text.Count;
        while (left && start < end && UnicodeClass.IsWhiteSpace(text.Runes[start]))
            start++;
        while (right && end > start && UnicodeClass.IsWhiteSpace(text.Runes[end - 1]))
            end--;
        return NormalizerTools.Copy(text.Slice(start, end - start));
    }
}

/// <summary>Puts a text before a text that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    public override bool TryFast(ref ReadOnlySpan<char> text)
    {
        if (text.Length > 0)
            text = string.Concat(prefix, text);
        return true;
    }

    public override AlignedText Apply(AlignedSpan text) => NormalizerTools.Prepend(text, prefix);
}

/// <summary>Replaces every match of a pattern by a text; what is put in carries the origin of the match's last code point.</summary>
internal sealed class ReplaceNormalizer(RunePattern pattern, string content) : Normalizer
{
    private readonly int[] _content = RunePattern.RunesOf(content);

    public override bool WorksByWord => pattern.Expression == @"\s+" && content.Length > 0 && content.All(c => c == ' ');

    public override bool WorksByRun => pattern.Expression == " {2,}" || WorksByWord;

    public override bool TryFast(ref ReadOnlySpan<char> text)
    {
        if (pattern.Literal is not { Length: > 0 } literal)
            return false;
        if (text.Contains(literal, StringComparison.Ordinal))
            text = text.ToString().Replace(literal, content, StringComparison.Ordinal);
        return true;
    }

    public override AlignedText Apply(AlignedSpan text)
    {
        var result = new AlignedText(text.Count, text.OriginStart);
        var done = 0;
        foreach (var (start, end) in pattern.Matches(text.Runes))
        {
            result.AddRange(text.Slice(done, start - done));
            foreach (var rune in _content)
                result.Add(rune, Origin(text, end));
            done = end;
        }
        result.AddRange(text.Slice(done, text.Count - done));
        return result;
    }

    private static TokenOffset Origin(AlignedSpan text, int end) => end > 0 ? text.Offsets[end - 1] : new TokenOffset(text.OriginStart, text.OriginStart);
}

internal static class NormalizerTools
{
    public static AlignedText Copy(AlignedSpan text)
    {
        var result = new AlignedText(text.Count, text.OriginStart);
        result.AddRange(text);
        return result;
    }

    /// <summary>What is put before a text carries the origin of the first code point. Nothing is put before an empty text.</summary>
    public static AlignedText Prepend(AlignedSpan text, string prefix)
    {
        var result = new AlignedText(text.Count + prefix.Length, text.OriginStart);
        if (text.Count > 0)
            foreach (var rune in RunePattern.RunesOf(prefix))
                result.Add(rune, text.Offsets[0]);
        result.AddRange(text);
        return result;
    }
}
