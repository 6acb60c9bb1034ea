using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>Tasks about subjects: draws two to eight of them, often with few of their words so that rows share them.</summary>
internal abstract class TopicFamily(string name, string summary, bool heldOut, double weight) : Family(name, "topic", summary, heldOut, weight)
{
    private protected static Topic[] Draw(SeededRandom random, IReadOnlyList<Topic> from, int count)
    {
        var narrow = random.Chance(0.4);
        return [.. random.Some(from, count).Select(t => narrow ? t.Narrow(random, random.Between(4, 8), random.Between(2, 4)) : t)];
    }

    private protected static string[] Names(IEnumerable<Topic> topics) => [.. topics.Select(t => t.Name)];

    /// <summary>Two labels as often as three or four, more seldom up to eight.</summary>
    private protected static int Count(SeededRandom random) => random.Pick([2, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8]);
}

internal sealed class SentenceTopics() : TopicFamily("topics", "Sentences about one of several subjects.", false, 4)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var topics = Draw(random, Topics.Training, Count(random));
        return Typed(random, Names(topics), (r, label) => Topics.Sentence(topics[label], r));
    }
}

internal sealed class NewTopics() : TopicFamily("topics-new", "Sentences about subjects whose names and sentences training never sees.", true, 1)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var topics = Draw(random, Topics.HeldOut, Count(random));
        return Typed(random, Names(topics), (r, label) => Topics.Sentence(topics[label], r));
    }
}

internal sealed class TopicWords() : TopicFamily("topic-words", "Lists of one to five words of a subject.", false, 1)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var topics = Draw(random, Topics.Training, Count(random));
        var most = random.Between(1, 5);
        var join = random.Pick([", ", " ", " and ", "; "]);
        return Typed(random, Names(topics), (r, label) => string.Join(join, r.Some(topics[label].Nouns, r.Between(1, most)).Select(Topic.Bare)));
    }
}

internal sealed class TopicGroups() : TopicFamily("topic-groups", "Each label stands for two or three subjects thrown together, so its name tells nothing.", false, 1)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var count = random.Between(2, 4);
        var each = random.Between(2, 3);
        var topics = Draw(random, Topics.Training, count * each);
        var labels = LabelNames.Arbitrary(random, count);
        return Typed(random, labels, (r, label) => Topics.Sentence(topics[label * each + r.Next(each)], r));
    }
}

internal sealed class TopicOrNot() : TopicFamily("topic-or-not", "Whether a sentence is about one subject, among sentences about anything.", false, 1)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var topic = Draw(random, Topics.Training, 1)[0];
        string[] labels = random.Chance(0.5) ? [topic.Name, "other"] : [topic.Name, "not " + topic.Name];
        return Typed(random, labels, (r, label) => Topics.Sentence(label == 0 ? topic : Other(r, topic), r));
    }

    private static Topic Other(SeededRandom random, Topic topic)
    {
        while (true)
        {
            var other = random.Pick(Topics.Training);
            if (other.Name != topic.Name)
                return other;
        }
    }
}

internal sealed class FirstTopic() : TopicFamily("first-topic", "Two subjects in each row; the one that comes first decides.", false, 1)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var topics = Draw(random, Topics.Training, random.Between(2, 4));
        return Typed(random, Names(topics), (r, label) =>
        {
            var second = topics[(label + 1 + r.Next(topics.Length - 1)) % topics.Length];
            return Topics.Two(topics[label], second, r);
        });
    }
}

internal sealed class WordSets() : TopicFamily("word-sets", "Each label has a handful of words of its own from anywhere; sentences use them.", false, 2)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var count = Count(random);
        var size = random.Between(2, 8);
        var actions = random.Some([.. Topics.Training.SelectMany(t => t.Actions)], count * 3);
        var nouns = random.Some([.. Topics.Training.SelectMany(t => t.Nouns)], count * size);
        var sets = Enumerable.Range(0, count).Select(i => new Topic("", nouns[(i * size)..((i + 1) * size)], actions[(i * 3)..(i * 3 + 3)], false)).ToArray();
        return Typed(random, LabelNames.Arbitrary(random, count), (r, label) => Topics.Sentence(sets[label], r));
    }
}

internal sealed class SameTopic() : TopicFamily("same-topic", "Whether two sentences or words are about the same subject.", false, 1)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var topics = Draw(random, Topics.Training, random.Between(3, 6));
        var (join, words) = (random.Pick([" / ", " - ", " | ", " and "]), random.Chance(0.6));
        return Typed(random, random.Pick<string[]>([["same", "different"], ["related", "unrelated"], ["yes", "no"]]), (r, label) =>
        {
            var first = r.Next(topics.Length);
            var second = label == 0 ? first : (first + 1 + r.Next(topics.Length - 1)) % topics.Length;
            return words ? string.Join(join, Topic.Bare(r.Pick(topics[first].Nouns)), Topic.Bare(r.Pick(topics[second].Nouns)))
                : Topics.Two(topics[first], topics[second], r);
        });
    }
}
