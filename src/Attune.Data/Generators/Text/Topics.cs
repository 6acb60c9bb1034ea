using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>The topics of topics.txt, and sentences about them.</summary>
internal static class Topics
{
    private static readonly Topic[] All = Read();

    private static readonly string[] Frames = [.. WordFile.Lines("frames")];

    /// <summary>The patterns of sentences, with places for nouns and actions.</summary>
    public static IReadOnlyList<string> Patterns => Frames;

    public static IReadOnlyList<Topic> Training { get; } = [.. All.Where(t => !t.HeldOut)];

    public static IReadOnlyList<Topic> HeldOut { get; } = [.. All.Where(t => t.HeldOut)];

    /// <summary>A sentence or heading about a topic.</summary>
    public static string Sentence(Topic topic, SeededRandom random) =>
        Phrases.Capital(Phrases.Write(random.Pick(Frames), random, topic.Filler()));

    /// <summary>A sentence about each, the first ended by some sign.</summary>
    public static string Two(Topic first, Topic second, SeededRandom random)
    {
        var text = Sentence(first, random);
        return $"{text}{(char.IsLetterOrDigit(text[^1]) ? "." : "")} {Sentence(second, random)}";
    }

    /// <summary>A whole sentence about any topic of training, which ends in a full stop.</summary>
    public static string Plain(SeededRandom random)
    {
        var topic = random.Pick(Training);
        while (true)
        {
            var text = Sentence(topic, random);
            if (text.EndsWith('.'))
                return text;
        }
    }

    private static Topic[] Read()
    {
        var topics = new List<Topic>();
        var held = false;
        foreach (var line in WordFile.Lines("topics"))
        {
            if (line == "@held")
            {
                held = true;
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var parts = line[(colon + 1)..].Split(" / ");
            topics.Add(new Topic(line[..colon], parts[0].Split(',', StringSplitOptions.TrimEntries), parts[1].Split(',', StringSplitOptions.TrimEntries), held));
        }

        return [.. topics];
    }
}
