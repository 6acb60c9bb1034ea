using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>Tasks about words that mean nothing, so that only demonstrations can tell.</summary>
internal abstract class NonceFamily(string name, string summary, bool heldOut = false, double weight = 1) : Family(name, "nonce", summary, heldOut, weight)
{
    private protected static int Count(SeededRandom random) => random.Pick([2, 2, 3, 3, 4, 5, 6, 8]);

    /// <summary>Sets of words, one for each label.</summary>
    private protected static string[][] Sets(SeededRandom random, int count, int size) => [.. Nonce.Words(random, count * size).Chunk(size)];

    /// <summary>Some words with one put at a random place among them.</summary>
    private protected static string Among(SeededRandom random, string word, IReadOnlyList<string> others, int count)
    {
        var words = Enumerable.Range(0, count).Select(_ => random.Pick(others)).ToList();
        words.Insert(random.Next(words.Count + 1), word);
        return string.Join(' ', words);
    }
}

internal sealed class NonceKeywords() : NonceFamily("nonce-keywords", "Rows of made-up words; one of them belongs to the label.", weight: 2)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var count = Count(random);
        var sets = Sets(random, count, random.Between(1, 3));
        var filler = Nonce.Words(random, 12);
        var most = random.Between(0, 5);
        return new GeneratedTask(LabelNames.Arbitrary(random, count), (r, label) => Among(r, r.Pick(sets[label]), filler, r.Between(0, most)));
    }
}

internal sealed class NonceInSentence() : NonceFamily("nonce-in-sentence", "English sentences with a made-up word, which decides.", weight: 1.5)
{
    private static readonly string[] Frames =
    [
        "the {x} is on the table", "I saw a {x} in the garden", "can you give me the {x}?", "my brother bought a {x} {when}", "nobody likes the {x}", "we found a {x} {place}",
        "{person} lost the {x} {pastwhen}", "where is the {x}?", "a {x} and some bread", "the {x} costs {number} pounds", "{name} told me about the {x}", "this is not a {x}",
        "what does {x} mean?", "they called it {x}", "please bring the {x} {when}", "{person} can {x} very well", "it was a {x} day", "all the {x} were gone",
    ];

    public override GeneratedTask Draw(SeededRandom random)
    {
        var count = Count(random);
        var sets = Sets(random, count, random.Between(1, 3));
        return Typed(random, LabelNames.Arbitrary(random, count), (r, label) =>
            Phrases.Capital(Phrases.Write(r.Pick(Frames), r, (place, x) => place == "x" ? x.Pick(sets[label]) : null)));
    }
}

internal sealed class WordInSentence() : NonceFamily("keyword", "Sentences about anything, into which one word of the label is put.")
{
    private static readonly string[] Words =
        ["maybe", "really", "however", "indeed", "perhaps", "honestly", "suddenly", "actually", "again", "frankly", "today", "anyway", "please", "sadly", "luckily", "still"];

    public override GeneratedTask Draw(SeededRandom random)
    {
        var count = random.Between(2, 5);
        var words = random.Some(Words, count);
        return new GeneratedTask(LabelNames.Arbitrary(random, count), (r, label) =>
        {
            var text = Topics.Sentence(r.Pick(Topics.Training), r).Split(' ').ToList();
            text.Insert(r.Next(text.Count + 1), words[label]);
            return string.Join(' ', text);
        });
    }
}

internal sealed class InventedLanguages() : NonceFamily("invented-languages", "Made-up words of several invented languages, each with its own sounds.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var count = random.Between(2, 4);
        var languages = Enumerable.Range(0, count).Select(_ => Nonce.Language(random)).ToArray();
        var most = random.Between(2, 7);
        return new GeneratedTask(LabelNames.Arbitrary(random, count), (r, label) =>
            string.Join(' ', Enumerable.Range(0, r.Between(2, most)).Select(_ => languages[label](r))));
    }
}

internal sealed class NonceTemplates() : NonceFamily("nonce-templates", "Each label has one sentence of made-up words; rows are that sentence with some words changed.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var count = Count(random);
        var templates = Sets(random, count, random.Between(4, 7));
        var others = Nonce.Words(random, 20);
        var changed = 0.1 + 0.3 * random.NextDouble();
        return new GeneratedTask(LabelNames.Arbitrary(random, count), (r, label) =>
            string.Join(' ', templates[label].Select(w => r.Chance(changed) ? r.Pick(others) : w)));
    }
}

internal sealed class FirstNonce() : NonceFamily("nonce-first", "Rows of words of several sets; the set of the first word decides.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var count = random.Between(2, 4);
        var sets = Sets(random, count, random.Between(1, 3));
        var last = random.Chance(0.3);
        return new GeneratedTask(LabelNames.Arbitrary(random, count), (r, label) =>
        {
            var rest = string.Join(' ', Enumerable.Range(0, r.Between(1, 4)).Select(_ => r.Pick(r.Pick(sets))));
            var word = r.Pick(sets[label]);
            return last ? $"{rest} {word}" : $"{word} {rest}";
        });
    }
}

internal sealed class NonceMajority() : NonceFamily("nonce-majority", "Rows of words of two sets; the set with more words decides.", heldOut: true)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var sets = Sets(random, 2, random.Between(2, 4));
        return new GeneratedTask(LabelNames.Arbitrary(random, 2), (r, label) =>
        {
            var fewer = r.Between(0, 2);
            var words = Enumerable.Range(0, fewer * 2 + r.Between(1, 3)).Select(i => r.Pick(sets[i < fewer ? 1 - label : label])).ToArray();
            r.Shuffle<string>(words);
            return string.Join(' ', words);
        });
    }
}

internal sealed class ProductCodes() : NonceFamily("code-prefix", "Codes of letters and digits; the beginning or the end belongs to the label.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var count = Count(random);
        var marks = Enumerable.Range(0, 26).Select(i => new string([(char)('A' + i), (char)('A' + random.Next(26))])).ToArray();
        var chosen = random.Some(marks, count);
        var (atEnd, dash) = (random.Chance(0.3), random.Pick(["-", "", " ", "/"]));
        return new GeneratedTask(LabelNames.Arbitrary(random, count), (r, label) =>
        {
            var digits = new string([.. Enumerable.Range(0, r.Between(2, 5)).Select(_ => (char)('0' + r.Next(10)))]);
            return atEnd ? digits + dash + chosen[label] : chosen[label] + dash + digits;
        });
    }
}
