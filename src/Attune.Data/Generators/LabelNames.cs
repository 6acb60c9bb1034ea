using System.Globalization;
using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>The names that stand for the labels of an episode.</summary>
internal static class LabelNames
{
    private static readonly string[] Letters = [.. Enumerable.Range('A', 26).Select(c => ((char)c).ToString())];

    private static readonly string[] Numbers = [.. Enumerable.Range(0, 10).Select(n => n.ToString(CultureInfo.InvariantCulture))];

    private static readonly string[][] Sets =
    [
        Letters, Letters, [.. Letters.Select(l => l.ToLowerInvariant())], Numbers, Numbers,
        Split("red blue green yellow black white orange purple pink brown grey gold silver"),
        Split("apple banana cherry lemon mango pear plum melon grape peach fig lime"),
        Split("cat dog horse cow sheep pig goat fox wolf bear lion mouse owl duck"),
        Split("alpha beta gamma delta omega sigma theta kappa"),
        Split("one two three four five six seven eight nine ten"),
        Split("first second third fourth fifth sixth seventh eighth"),
        Split("circle square triangle star cross line dot ring"),
        Split("north south east west up down left right"),
        Split("table chair lamp clock door window spoon cup box bag book key"),
        Split("Anna Ben Clara David Emma Frank Grace Henry Ivy Jack Kate Leo"),
        Split("x y z w u v t s"), Split("I II III IV V VI VII VIII"),
        Split("iron copper tin lead zinc nickel silver gold"), Split("oak pine birch ash maple willow elm beech"),
    ];

    private static readonly string[][] Pairs =
    [
        ["yes", "no"], ["Yes", "No"], ["true", "false"], ["True", "False"], ["positive", "negative"], ["good", "bad"], ["0", "1"], ["A", "B"], ["left", "right"],
        ["foo", "bar"], ["on", "off"], ["hot", "cold"], ["+", "-"], ["in", "out"], ["match", "other"], ["accept", "reject"],
    ];

    /// <summary>Names without a meaning for the task, different from each other and in random order.</summary>
    public static IReadOnlyList<string> Arbitrary(SeededRandom random, int count)
    {
        if (count == 2 && random.Chance(0.4))
            return random.Some(random.Pick(Pairs), 2);
        return random.Next(10) switch
        {
            0 or 1 => Nonce.Words(random, count),
            2 => Numbered(random, count),
            3 => Words(random, count),
            _ => random.Some(random.Pick(Sets), count),
        };
    }

    /// <summary>"class 1", "class 2" and so on, or codes as "L4".</summary>
    private static string[] Numbered(SeededRandom random, int count)
    {
        var stem = random.Pick(["class ", "label ", "group ", "type ", "L", "C", "class_", "T-"]);
        return random.Some([.. Enumerable.Range(random.Next(2), count).Select(n => string.Create(CultureInfo.InvariantCulture, $"{stem}{n}"))], count);
    }

    /// <summary>Words of any topic, which say nothing of this task.</summary>
    private static string[] Words(SeededRandom random, int count)
    {
        var words = new OrderedDictionary<string, bool>(StringComparer.Ordinal);
        while (words.Count < count)
        {
            var word = Topic.Bare(random.Pick(random.Pick(Topics.Training).Nouns));
            if (!word.Contains(' ', StringComparison.Ordinal))
                words.TryAdd(word, true);
        }

        return [.. words.Keys];
    }

    private static string[] Split(string words) => words.Split(' ');
}
