using System.Globalization;
using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>How a task's texts are typed: with capitals and full stops or without, with a greeting, with mistakes.</summary>
internal sealed record Surface(bool Lower, bool NoStop, double Mistakes)
{
    public static Surface Draw(SeededRandom random) => new(random.Chance(0.2), random.Chance(0.2), random.Chance(0.1) ? 0.5 : 0);

    public string Apply(string text, SeededRandom random)
    {
        if (Lower)
            text = text.ToLower(CultureInfo.InvariantCulture);
        if (NoStop)
            text = text.TrimEnd('.', '!');
        return Mistakes > 0 && random.Chance(Mistakes) ? Mistype(text, random) : text;
    }

    /// <summary>Two neighbouring letters exchanged, or one left out.</summary>
    private static string Mistype(string text, SeededRandom random)
    {
        if (text.Length < 8)
            return text;
        var i = random.Between(1, text.Length - 3);
        if (!char.IsLetter(text[i]) || !char.IsLetter(text[i + 1]))
            return text;
        return random.Chance(0.5) ? text.Remove(i, 1) : text[..i] + text[i + 1] + text[i] + text[(i + 2)..];
    }
}
