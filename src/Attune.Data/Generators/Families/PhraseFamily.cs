using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>A family that a file of phrases describes: labels, each with patterns, and words for the places of the patterns.</summary>
internal sealed class PhraseFamily(string name, string kind, string summary, bool heldOut) : ITaskFamily
{
    private static readonly string[] Politeness =
        ["please", "hi,", "hello,", "hey,", "quick question:", "excuse me,", "ok", "so", "just wondering,", "good morning,"];

    private readonly List<(string Label, List<string> Patterns)> classes = [];
    private readonly Dictionary<string, string[]> places = new(StringComparer.Ordinal);

    public string Name => name;

    public string Kind => kind;

    public string Summary => summary;

    public bool HeldOut => heldOut;

    public double Weight => kind is "intent" or "sentiment" ? 1.2 : 1;

    /// <summary>Takes one more line of the section: "{place}: a | b", "label:", or a pattern of the last label.</summary>
    internal void Add(string line)
    {
        if (line[0] == '{' && line.IndexOf("}:", StringComparison.Ordinal) is > 0 and var end && line.IndexOf('}', StringComparison.Ordinal) == end)
        {
            var (place, items) = WordFile.Entry(line);
            places[place] = items;
        }
        else if (line.EndsWith(':'))
        {
            classes.Add((line[..^1], []));
        }
        else
        {
            classes[^1].Patterns.Add(line);
        }
    }

    /// <summary>Some of the labels (all, where there are two or three), often with few of their patterns, so that rows are alike.</summary>
    public GeneratedTask Draw(SeededRandom random)
    {
        var count = classes.Count <= 3 && random.Chance(0.8) ? classes.Count : Math.Min(classes.Count, random.Pick([2, 2, 3, 3, 4, 5, 6, 7, 8]));
        var narrow = random.Chance(0.3);
        var chosen = random.Some(classes, count).Select(c => (c.Label, Patterns: narrow ? random.Some(c.Patterns, 3) : [.. c.Patterns])).ToArray();
        var surface = Surface.Draw(random);
        var talk = kind == "intent" ? 0.15 : 0;
        return new GeneratedTask([.. chosen.Select(c => c.Label)], (r, label) =>
        {
            var text = Phrases.Write(r.Pick(chosen[label].Patterns), r, Fill);
            if (r.Chance(talk))
                text = $"{r.Pick(Politeness)} {text}";
            return surface.Apply(Phrases.Capital(text), r);
        });
    }

    private string? Fill(string place, SeededRandom random) => places.TryGetValue(place, out var items) ? random.Pick(items) : null;
}
