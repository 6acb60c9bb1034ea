using System.Globalization;
using System.Text;
using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>
/// Plain English made by rule, for breadth of words: passages about a subject, facts about words, questions with answers, talk, sums, and remarks on what a
/// text is. Uses nothing that families held out of training use. A document is a function of the numbers drawn alone.
/// </summary>
public static class GeneratedProse
{
    private static readonly string[] Joints = ["Then ", "Later ", "But ", "And ", "Of course ", "Still, ", "In the end "];

    private static readonly string[] Joined = ["The ", "There ", "They ", "He ", "She ", "Nobody "];

    private static readonly string[] Talk =
    [
        "{x}: do you know how to {v}?\n{y}: no, but {person} can {v}.", "{x}: where is {the}?\n{y}: {the} is {place}.", "{x}: what did you do {when}?\n{y}: I {ved}, and then I {ved}.",
        "{x}: I want to {v}.\n{y}: then you need {a}.", "{x}: is this {a}?\n{y}: no, it is {a}.", "{x}: let us {v} {soon}!\n{y}: I would rather {v}.",
        "{x}: why are you {ving}?\n{y}: because {person} asked me to.", "{x}: have you seen {the}?\n{y}: yes, it was next to {the}.", "{x}: who {ved} {pastwhen}?\n{y}: {person} did.",
        "{x}: {a}, please.\n{y}: here you are. Would you like {a}, too?", "{x}: can you {v}?\n{y}: of course I can. Can you {v}?",
    ];

    private static readonly Dictionary<string, string[]> Facts = new(StringComparer.Ordinal)
    {
        ["synonyms"] = ["{a} means the same as {b}.", "Another word for {a} is {b}.", "What is another word for {a}? {B}."],
        ["antonyms"] = ["The opposite of {a} is {b}.", "What is the opposite of {a}? {B}.", "It is not {a}, it is {b}."],
        ["part and whole"] = ["The {a} is part of the {b}.", "What has a {a}? The {b}.", "Every {b} has a {a}."],
        ["kind of"] = ["{a} is a kind of {b}.", "What is {a}? A kind of {b}."],
        ["capital and country"] = ["{a} is the capital of {b}.", "What is the capital of {b}? {a}."],
        ["worker and tool"] = ["The {a} works with the {b}.", "Who uses the {b}? The {a}."],
        ["animal and young"] = ["The young of the {a} is called {b}.", "What is a young {a} called? A {b}."],
        ["singular and plural"] = ["One {a}, two {b}.", "The plural of {a} is {b}."],
        ["present and past"] = ["Today I {a}, yesterday I {b}.", "The past of {a} is {b}."],
        ["rhyme"] = ["{a} rhymes with {b}.", "Which word rhymes with {a}? {B}."],
    };

    /// <summary>A document of at most this many characters.</summary>
    public static string Draw(SeededRandom random, int maxCharacters = 1200)
    {
        var parts = random.Between(3, 14);
        Func<SeededRandom, string> next = random.Next(12) switch
        {
            0 or 1 or 2 or 3 => Passage(random),
            4 => Definitions(random),
            5 => Fact,
            6 => Kind,
            7 => Sum,
            8 or 9 => Dialogue(random),
            _ => Remark(random),
        };
        var first = next(random);
        var line = first.Contains('\n', StringComparison.Ordinal) || first[^1] is not ('.' or '?' or '!') || random.Chance(0.3) ? "\n" : " ";
        var text = new StringBuilder(Phrases.Capital(first));
        for (var i = 1; i < parts; i++)
        {
            var sentence = next(random);
            if (text.Length + 1 + sentence.Length > maxCharacters)
                break;
            text.Append(line).Append(sentence);
        }

        return text.ToString();
    }

    /// <summary>Sentences about a few things of one subject.</summary>
    private static Func<SeededRandom, string> Passage(SeededRandom random)
    {
        var topic = random.Pick(Topics.Training).Narrow(random, random.Between(4, 10), random.Between(2, 5));
        return r =>
        {
            var text = Topics.Sentence(topic, r);
            text = char.IsLetterOrDigit(text[^1]) ? text + "." : text;
            return text[^1] == '.' && Joined.Any(j => text.StartsWith(j, StringComparison.Ordinal)) && r.Chance(0.5) ? r.Pick(Joints) + char.ToLowerInvariant(text[0]) + text[1..] : text;
        };
    }

    /// <summary>Two people talk about one subject.</summary>
    private static Func<SeededRandom, string> Dialogue(SeededRandom random)
    {
        var topic = random.Pick(Topics.Training);
        var names = random.Some(WordKinds.Lists["given name"], 2);
        return r =>
        {
            var fill = topic.Filler();
            return Phrases.Write(r.Pick(Talk), r, (place, x) => place switch { "x" => names[0], "y" => names[1], _ => fill(place, x) });
        };
    }

    private static Func<SeededRandom, string> Definitions(SeededRandom random)
    {
        var topics = random.Some(Topics.Training, random.Between(1, 3));
        return r =>
        {
            var topic = r.Pick(topics);
            var fill = topic.Filler();
            return Phrases.Capital(Phrases.Write(
                r.Pick([
                    "{a} has to do with {t}.", "what is {a}? Something in {t}.", "the words {n}, {n} and {n} belong to {t}.", "whoever knows about {t} can {v}.", "in {t} people {v}.",
                    "{ving} is part of {t}.", "{t}: {n}, {n}, {n}.", "you need {a} for {t}.", "a text about {the} and {the} is about {t}.", "\"{v}\" is said in {t}.",
                ]),
                r, (place, x) => place == "t" ? topic.Name : fill(place, x)));
        };
    }

    private static string Fact(SeededRandom random)
    {
        var relation = random.Pick([.. Facts.Keys]);
        var pair = random.Pick(WordKinds.Pairs[relation]).Split(' ');
        return Phrases.Capital(Phrases.Write(random.Pick(Facts[relation]), random, (place, _) => place switch { "a" => pair[0], "b" => pair[1], _ => Phrases.Capital(pair[1]) }));
    }

    private static string Kind(SeededRandom random)
    {
        var kind = random.Pick(WordKinds.Things);
        var thing = Topic.WithArticle(kind is "clothes" or "furniture" ? "piece of " + kind : kind);
        var words = random.Some(WordKinds.Lists[kind], 3);
        var other = random.Pick(WordKinds.Lists[random.Pick(WordKinds.Things)]);
        return Phrases.Capital(random.Next(5) switch
        {
            0 => $"{words[0]}, {words[1]} and {words[2]}: each is {thing}.",
            1 => $"what kind of word is {words[0]}? {Phrases.Capital(thing)}.",
            2 => $"{words[0]} is {thing}, and so is {words[1]}.",
            3 => $"{kind}: {words[0]}, {words[1]}, {words[2]}.",
            _ => WordKinds.Lists[kind].Contains(other) ? $"{other} is {thing}." : $"{words[0]} is {thing}, but {other} is not.",
        });
    }

    private static string Sum(SeededRandom random)
    {
        var (a, b) = (random.Next(20), random.Next(20));
        return string.Create(CultureInfo.InvariantCulture, $"{random.Next(5) switch
        {
            0 => $"{a + 1} is {((a + 1) % 2 == 0 ? "even" : "odd")}.",
            1 => $"{Math.Max(a, b) + 1} is more than {Math.Min(a, b)}.",
            2 => $"{a}, {a + 1}, {a + 2}, {a + 3}.",
            3 => $"{Math.Min(a, b)} is less than {Math.Max(a, b) + 1}.",
            _ => $"{a + 2}, {a + 1}, {a}: the numbers fall.",
        }}");
    }

    /// <summary>Texts of one task of training, each with the name of its label.</summary>
    private static Func<SeededRandom, string> Remark(SeededRandom random)
    {
        string[] kinds = ["topic", "intent", "sentiment", "style", "grammar", "stance", "relation", "format", "names"];
        var families = TaskFamilies.Training.Where(f => kinds.Contains(f.Kind, StringComparer.Ordinal)).ToArray();
        var task = random.Pick(families).Draw(random);
        var frame = random.Pick(["\"{0}\" - this is {1}.", "{0} ({1})", "{1}: {0}", "\"{0}\" is an example of {1}.", "What is \"{0}\"? It is {1}."]);
        return r =>
        {
            var (text, label) = task.Row(r, r.Next(task.Labels.Count));
            return frame.Replace("{1}", label, StringComparison.Ordinal).Replace("{0}", text, StringComparison.Ordinal);
        };
    }
}
