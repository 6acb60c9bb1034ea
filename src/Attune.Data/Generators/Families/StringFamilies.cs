using System.Globalization;
using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>Tasks about how a text is written, whatever it says.</summary>
internal abstract class StringFamily(string name, string summary, bool heldOut = false) : Family(name, "string", summary, heldOut)
{
    private protected static string[] Words(SeededRandom random) => Topics.Plain(random).TrimEnd('.').Split(' ');

    private protected static string Word(SeededRandom random)
    {
        while (true)
        {
            var word = Topic.Bare(random.Pick(random.Pick(Topics.Training).Nouns));
            if (!word.Contains(' ', StringComparison.Ordinal))
                return word;
        }
    }

    /// <summary>Draws until the condition holds.</summary>
    private protected static string Until(SeededRandom random, Func<SeededRandom, string> draw, Func<string, bool> holds)
    {
        while (true)
        {
            var text = draw(random);
            if (holds(text))
                return text;
        }
    }

    private protected static bool IsVowel(char c) => "aeiouAEIOU".Contains(c, StringComparison.Ordinal);
}

internal sealed class FirstLetter() : StringFamily("first-letter", "Words that begin with a vowel or a consonant, or in the first or second half of the alphabet.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var vowels = random.Chance(0.5);
        var draw = random.Chance(0.5) ? Word : (Func<SeededRandom, string>)(r => Nonce.Word(r, ["", "", "b", "d", "f", "k", "l", "m", "n", "p", "s", "t", "w"], ["a", "e", "i", "o", "u"], ["", "n", "r"], r.Between(1, 3)));
        string[] labels = vowels ? ["vowel", "consonant"] : ["first half", "second half"];
        return new GeneratedTask(labels, (r, label) => Until(r, draw, w => (vowels ? IsVowel(w[0]) : char.ToLowerInvariant(w[0]) < 'n') == (label == 0)));
    }
}

internal sealed class SameLetter() : StringFamily("initial", "Words by their first letter.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var letters = random.Some("abcdefghlmprstw".Select(c => c.ToString()).ToArray(), random.Between(2, 5));
        return new GeneratedTask(letters, (r, label) => Until(r, Word, w => w[0] == letters[label][0]));
    }
}

internal sealed class LastLetter() : StringFamily("ending", "Words by their last letters.", heldOut: true)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var endings = random.Some(["er", "t", "e", "n", "l", "d", "k"], random.Between(2, 4));
        return new GeneratedTask(endings, (r, label) => Until(r, Word, w => w.EndsWith(endings[label], StringComparison.Ordinal)));
    }
}

internal sealed class HasDigit() : StringFamily("has-digit", "Sentences with and without a number in digits.")
{
    private static readonly string[] Additions = ["at {n}", "no. {n}", "{n} times", "in {n}", "for {n} euros", "({n})", "number {n}", "with {n} friends"];

    public override GeneratedTask Draw(SeededRandom random) =>
        new(random.Pick<string[]>([["number", "no number"], ["digits", "no digits"], ["yes", "no"]]), (r, label) =>
        {
            var text = string.Join(' ', Words(r).Where(w => !w.Any(char.IsDigit)));
            return label == 1 ? text + "." : $"{text} {Phrases.Write(r.Pick(Additions), r, (_, x) => x.Next(2000).ToString(CultureInfo.InvariantCulture))}.";
        });
}

internal sealed class TextLength() : StringFamily("length", "Short and long texts.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        string[] labels = random.Chance(0.6) ? ["short", "long"] : ["short", "medium", "long"];
        return new GeneratedTask(labels, (r, label) =>
        {
            var words = Words(r).Concat(Words(r)).Concat(Words(r)).ToArray();
            return labels[label] switch
            {
                "short" => string.Join(' ', words[..r.Between(1, 3)]),
                "medium" => string.Join(' ', words[..r.Between(6, 8)]),
                _ => string.Join(' ', words[..Math.Min(words.Length, r.Between(12, 18))]),
            };
        });
    }
}

internal sealed class RepeatedWord() : StringFamily("repeated-word", "Lists of words, in some of which one comes twice.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var (least, nonce) = (random.Between(2, 4), random.Chance(0.4));
        return new GeneratedTask(random.Pick<string[]>([["repeated", "all different"], ["twice", "once"], ["yes", "no"]]), (r, label) =>
        {
            var count = r.Between(least, least + 2);
            var words = nonce ? Nonce.Words(r, count) : r.Some(r.Pick(Topics.Training).Nouns.Select(Topic.Bare).Distinct().ToArray(), count);
            if (label == 0)
                words[r.Between(1, words.Length - 1)] = words[0];
            r.Shuffle<string>(words);
            return string.Join(' ', words);
        });
    }
}

internal sealed class LetterCase() : StringFamily("capitals", "Texts in capitals, in small letters, With Capitals At Words, or as usual.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var kinds = random.Some(["upper", "lower", "title", "sentence"], random.Between(2, 4));
        return new GeneratedTask(kinds, (r, label) =>
        {
            var words = Words(r);
            words = words[..Math.Min(words.Length, 8)];
            return kinds[label] switch
            {
                "upper" => string.Join(' ', words).ToUpperInvariant(),
                "lower" => string.Join(' ', words).ToLowerInvariant(),
                "title" => string.Join(' ', words.Select(Phrases.Capital)),
                _ => Phrases.Capital(string.Join(' ', words).ToLowerInvariant()),
            };
        });
    }
}

internal sealed class LastSign() : StringFamily("last-sign", "Sentences by the sign that ends them.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        (string Name, string Sign)[] all = [("full stop", "."), ("question mark", "?"), ("exclamation mark", "!"), ("dots", "..."), ("none", ""), ("semicolon", ";")];
        var chosen = random.Some(all, random.Between(2, 5));
        return new GeneratedTask([.. chosen.Select(c => c.Name)], (r, label) => string.Join(' ', Words(r)) + chosen[label].Sign);
    }
}

internal sealed class FirstWord() : StringFamily("opening-word", "Sentences that begin with one of the label's words.")
{
    private static readonly string[] Openings =
        ["Today", "Yesterday", "Well", "So", "But", "And", "Listen", "Look", "Oh", "Now", "Once", "Finally", "Later", "Hello", "Dear", "Note", "Also", "Then", "Sorry", "Thanks"];

    public override GeneratedTask Draw(SeededRandom random)
    {
        var count = random.Between(2, 5);
        var sets = random.Some(Openings, count * 2).Chunk(2).ToArray();
        return new GeneratedTask(LabelNames.Arbitrary(random, count), (r, label) => $"{r.Pick(sets[label])}, {string.Join(' ', Words(r)).ToLowerInvariant()}");
    }
}
