using System.Globalization;
using System.Text.RegularExpressions;
using Attune.Data.Generators;
using Attune.Tensors;

namespace Attune.Tests.Data.Generators;

/// <summary>Families whose labels follow a rule: the rule, written here anew, gives the label of each row.</summary>
public sealed class FamilyRuleTests
{
    [Fact]
    public void Parity_Rows_FollowTheNumber() =>
        Each("parity", (text, labels) => labels[Numbers(text)[^1] % 2 == 0 ? 0 : 1]);

    [Fact]
    public void NumberComparison_Rows_FollowTheLarger() =>
        Each("number-comparison", (text, labels) => labels[Numbers(text)[0] > Numbers(text)[1] ? 0 : 1]);

    [Fact]
    public void NumberOrder_Rows_FollowTheOrder() => Each("number-order", (text, labels) =>
    {
        var numbers = Numbers(text);
        return labels[numbers.SequenceEqual(numbers.Order()) ? 0 : numbers.SequenceEqual(numbers.OrderDescending()) ? 1 : 2];
    });

    [Fact]
    public void SumCheck_Rows_AreRightOrWrong() =>
        Each("sum-check", (text, labels) => labels[Numbers(text)[0] + Numbers(text)[1] == Numbers(text)[2] ? 0 : 1]);

    [Fact]
    public void HasDigit_Rows_HaveOneOrNot() => Each("has-digit", (text, labels) => labels[text.Any(char.IsDigit) ? 0 : 1]);

    [Fact]
    public void Capitals_Rows_AreWrittenSo() => Each("capitals", (text, _) =>
        text == text.ToUpperInvariant() ? "upper"
        : text == text.ToLowerInvariant() ? "lower"
        : text.Split(' ').All(w => !char.IsLower(w[0])) ? "title" : "sentence");

    [Fact]
    public void LastSign_Rows_EndSo() => Each("last-sign", (text, _) =>
        text.EndsWith("...", StringComparison.Ordinal) ? "dots"
        : text[^1] switch { '.' => "full stop", '?' => "question mark", '!' => "exclamation mark", ';' => "semicolon", _ => "none" });

    [Fact]
    public void FirstLetter_Rows_BeginSo() => Each("first-letter", (text, labels) =>
        labels[labels[0] == "vowel" ? ("aeiou".Contains(char.ToLowerInvariant(text[0]), StringComparison.Ordinal) ? 0 : 1) : char.ToLowerInvariant(text[0]) <= 'm' ? 0 : 1]);

    [Fact]
    public void ListLength_Rows_HaveSoManyWords() => Each("list-length", (text, _) =>
        new[] { "one", "two", "three", "four", "five", "six" }[WordKinds.Things.Max(k => Found(text, WordKinds.Lists[k])) - 1]);

    [Fact]
    public void RepetitionPatterns_Rows_RepeatSo() => Each("repetition-patterns", (text, _) =>
    {
        var words = text.Split(' ');
        var order = words.Distinct(StringComparer.Ordinal).ToList();
        return string.Concat(words.Select(w => (char)('A' + order.IndexOf(w))));
    });

    [Fact]
    public void KindMentioned_Rows_HoldAWordOfTheKind() => Each("kind-mentioned", (text, labels) =>
        labels.MaxBy(l => WordKinds.Lists[l].Count(w => text.Contains(w, StringComparison.OrdinalIgnoreCase)))!, mostly: true);

    [Fact]
    public void FirstTopic_Rows_BeginWithTheTopic() => Each("first-topic", (text, labels) =>
    {
        var first = Regex.Split(text, "[.?!] ")[0];
        return labels.MaxBy(l => Topics.Training.Single(t => t.Name == l).Nouns.Count(n => first.Contains(Topic.Bare(n), StringComparison.OrdinalIgnoreCase)))!;
    }, mostly: true);

    /// <summary>How many of the names stand in a list of names and nothing else.</summary>
    private static int Found(string text, string[] names) =>
        Regex.Matches(text, @"\b(" + string.Join('|', names.OrderByDescending(n => n.Length)) + @")\b").Count;

    /// <summary>Holds the rule against rows; with "mostly" eight of ten, where a rule this short cannot see everything.</summary>
    private static void Each(string name, Func<string, IReadOnlyList<string>, string> rule, bool mostly = false)
    {
        var family = TaskFamilies.All.Single(f => f.Name == name);
        var right = 0;
        for (ulong seed = 0; seed < 100; seed++)
        {
            var random = new SeededRandom(seed);
            var task = family.Draw(random);
            for (var i = 0; i < 16; i++)
            {
                var (text, label) = task.Row(random, i % task.Labels.Count);
                var found = rule(text, task.Labels);
                if (!mostly)
                    Assert.Equal(label, found);
                right += found == label ? 1 : 0;
            }
        }

        Assert.InRange(right, 1600 * 8 / 10, 1600);
    }

    private static List<int> Numbers(string text) => [.. Regex.Matches(text, "[0-9]+").Select(m => int.Parse(m.Value, CultureInfo.InvariantCulture))];
}
