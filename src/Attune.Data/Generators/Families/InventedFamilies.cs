using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>Requests for things that no service offers: endless new intents, which only demonstrations tell.</summary>
internal sealed class InventedIntents() : Family("invented-intents", "intent", "Requests; each label has actions and things of its own from anywhere.", weight: 3)
{
    private static readonly string[] Frames =
    [
        "how do I {v}?", "I want to {v}", "please {v} {soon}", "can you {v} for me?", "is it possible to {v}?", "I need help to {v}", "where can I {v}?", "my {n} does not work",
        "I have a question about {the}", "I have lost {the}", "what does {a} cost?", "when can I {v}?", "I cannot {v} because of {the}", "who can {v}?", "I would like {a}",
        "tell me about {the}", "{the} has not come yet", "is {the} still there?", "I tried to {v} but it failed", "could somebody {v} {soon}?", "why must I {v}?", "do you have {a}?",
        "let me {v} with {a}", "something is wrong with {the}", "we are going to {v} {soon}", "no {n}, what now?", "{v}, please", "show me how to {v}", "I forgot how to {v}",
    ];

    public override GeneratedTask Draw(SeededRandom random)
    {
        var count = random.Between(2, 8);
        var (actions, nouns) = (random.Between(1, 3), random.Between(1, 4));
        var v = random.Some([.. Topics.Training.SelectMany(t => t.Actions)], count * actions).Chunk(actions).ToArray();
        var n = random.Some([.. Topics.Training.SelectMany(t => t.Nouns)], count * nouns).Chunk(nouns).ToArray();
        var topics = v.Zip(n, (a, b) => new Topic("", b, a, false)).ToArray();
        var names = random.Chance(0.5) ? [.. topics.Select(t => t.Actions[0])] : topics.Select(t => Topic.Bare(t.Nouns[0])).ToArray();
        if (names.Distinct(StringComparer.Ordinal).Count() < count)
            names = [.. LabelNames.Arbitrary(random, count)];
        return Typed(random, names, (r, label) => Phrases.Capital(Phrases.Write(r.Pick(Frames), r, topics[label].Filler())));
    }
}

/// <summary>Bags of real words, some of which decide.</summary>
internal sealed class WordBags() : Family("word-bags", "nonce", "Rows of words in any order; each label has words of its own among others that all use.", weight: 1.5)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var count = random.Between(2, 6);
        var size = random.Between(1, 4);
        var words = random.Some(Words, count * size + 15);
        var most = random.Between(0, 6);
        var join = random.Pick([" ", ", "]);
        return new GeneratedTask(LabelNames.Arbitrary(random, count), (r, label) =>
        {
            var row = Enumerable.Range(0, r.Between(0, most)).Select(_ => words[count * size + r.Next(15)])
                .Append(words[label * size + r.Next(size)]).Append(words[label * size + r.Next(size)]).Distinct(StringComparer.Ordinal).ToArray();
            r.Shuffle<string>(row);
            return string.Join(join, row);
        });
    }

    private static string[] Words { get; } =
        [.. Topics.Training.SelectMany(t => t.Nouns).Select(Topic.Bare).Where(w => !w.Contains(' ', StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];
}

/// <summary>Who wrote it: habits of beginning and ending, around a text about anything.</summary>
internal sealed class Signatures() : Family("signatures", "style", "Messages about anything; how they begin and end shows who wrote them.")
{
    private static readonly string[] Openings =
        ["hi all,", "dear friends,", "hello there,", "to whom it may concern,", "hey,", "good day,", "my dear,", "attention:", "well well,", "greetings,", "morning,", "listen,", "", ""];

    private static readonly string[] Closings =
        ["best wishes", "cheers", "yours truly", "love", "take care", "bye for now", "regards", "so long", "thank you", "see you", "over and out", "all the best", "", ""];

    public override GeneratedTask Draw(SeededRandom random)
    {
        var count = random.Between(2, 5);
        var openings = random.Some(Openings[..12], count);
        var closings = random.Some(Closings[..12], count);
        var both = random.Chance(0.5);
        return Typed(random, LabelNames.Arbitrary(random, count), (r, label) =>
        {
            var (opens, closes) = both ? (true, true) : r.Chance(0.5) ? (true, false) : (false, true);
            var text = Topics.Plain(r);
            return Phrases.Capital($"{(opens ? openings[label] + " " : "")}{char.ToLowerInvariant(text[0])}{text[1..]}{(closes ? " " + closings[label] : "")}");
        });
    }
}

/// <summary>How many things a list has.</summary>
internal sealed class ListLength() : Family("list-length", "number", "Lists of words by how many words they have.", weight: 0.6)
{
    private static readonly string[] Names = ["one", "two", "three", "four", "five", "six"];

    public override GeneratedTask Draw(SeededRandom random)
    {
        var (low, count) = (random.Next(3), random.Between(2, 4));
        var join = random.Pick([", ", " ", "; "]);
        return new GeneratedTask(Names[low..Math.Min(6, low + count)], (r, label) =>
            string.Join(join, r.Some(WordKinds.Lists[r.Pick(WordKinds.Things)], low + label + 1)));
    }
}

/// <summary>How it is said decides, not what about: the complement of tasks about subjects.</summary>
internal sealed class SentenceFrames() : Family("sentence-frames", "style", "Sentences about anything; each label has sentence patterns of its own.", weight: 2)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var (count, each) = (random.Between(2, 5), random.Between(1, 4));
        var frames = random.Some(Topics.Patterns, count * each);
        return Typed(random, LabelNames.Arbitrary(random, count), (r, label) =>
            Phrases.Capital(Phrases.Write(frames[label * each + r.Next(each)], r, r.Pick(Topics.Training).Filler())));
    }
}
