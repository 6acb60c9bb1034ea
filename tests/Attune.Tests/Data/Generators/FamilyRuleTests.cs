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

    private static void Each(string name, Func<string, IReadOnlyList<string>, string> rule)
    {
        var family = TaskFamilies.All.Single(f => f.Name == name);
        for (ulong seed = 0; seed < 100; seed++)
        {
            var random = new SeededRandom(seed);
            var task = family.Draw(random);
            for (var i = 0; i < 16; i++)
            {
                var (text, label) = task.Row(random, i % task.Labels.Count);
                Assert.Equal(label, rule(text, task.Labels));
            }
        }
    }

    private static List<int> Numbers(string text) => [.. Regex.Matches(text, "[0-9]+").Select(m => int.Parse(m.Value, CultureInfo.InvariantCulture))];
}
