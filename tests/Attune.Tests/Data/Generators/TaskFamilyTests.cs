using Attune.Data.Generators;
using Attune.Tensors;

namespace Attune.Tests.Data.Generators;

public sealed class TaskFamilyTests
{
    private const int MostWords = 40;

    public static TheoryData<string> Names => [.. TaskFamilies.All.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Family_TwoHundredSeeds_DrawsValidTasks(string name)
    {
        var family = TaskFamilies.All.Single(f => f.Name == name);
        for (ulong seed = 0; seed < 200; seed++)
        {
            var random = new SeededRandom(seed);
            var task = family.Draw(random);
            Assert.InRange(task.Labels.Count, 2, 8);
            Assert.Equal(task.Labels.Count, task.Labels.Distinct(StringComparer.Ordinal).Count());
            Assert.All(task.Labels, l => Assert.Equal(l.Trim(), l));
            for (var label = 0; label < task.Labels.Count; label++)
            {
                var (text, named) = task.Row(random, label);
                Assert.Equal(task.Labels[label], named);
                Assert.InRange(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, 1, MostWords);
                Assert.DoesNotMatch("\\{[a-z]+\\}|\\[", text);
                Assert.DoesNotContain('\n', text);
            }
        }
    }

    [Fact]
    public void All_Names_AreUniqueAndInOrdinalOrder()
    {
        var names = TaskFamilies.All.Select(f => f.Name).ToList();
        Assert.Equal(names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), names);
        Assert.True(names.Count >= 24);
    }

    [Fact]
    public void Training_HeldOutFamilies_AreNotInIt()
    {
        Assert.InRange(TaskFamilies.HeldOut.Count, 6, 14);
        Assert.Empty(TaskFamilies.Training.Intersect(TaskFamilies.HeldOut));
        Assert.Equal(TaskFamilies.All.Count, TaskFamilies.Training.Count + TaskFamilies.HeldOut.Count);
        for (ulong seed = 0; seed < 500; seed++)
            Assert.DoesNotContain(TaskFamilies.HeldOut, f => f.Name == Episode.Draw(new SeededRandom(seed)).Family);
    }

    /// <summary>
    /// Demonstrations tell the labels: the nearest of 30 rows by words in common (whole words and pairs of letters) names the label of new rows
    /// more often than chance, over tasks of the family.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Family_NearestOfThirtyRows_BeatsChance(string name)
    {
        var family = TaskFamilies.All.Single(f => f.Name == name);
        if (IsBeyondWords(name))
            return;
        var (right, expected, rows) = (0, 0.0, 0);
        for (ulong seed = 0; seed < 12; seed++)
        {
            var random = new SeededRandom(seed);
            var task = family.Draw(random);
            var shown = Enumerable.Range(0, 30).Select(i => (Words: Features(task.Row(random, i % task.Labels.Count).Text), Label: i % task.Labels.Count)).ToList();
            for (var i = 0; i < 12; i++)
            {
                var words = Features(task.Row(random, i % task.Labels.Count).Text);
                var nearest = shown.MaxBy(s => s.Words.Count(words.Contains) / Math.Sqrt(s.Words.Count));
                right += nearest.Label == i % task.Labels.Count ? 1 : 0;
                expected += 1.0 / task.Labels.Count;
                rows++;
            }
        }

        // Three standard deviations above chance.
        Assert.True(right > expected + 3 * Math.Sqrt(rows) / 2 * 0.9, $"{right} of {rows} right, {expected:F0} by chance");
    }

    /// <summary>What words in common do not give, but a rule: see <see cref="FamilyRuleTests"/>.</summary>
    private static bool IsBeyondWords(string name) => name is "number-order" or "number-comparison" or "sum-check" or "same-topic" or "repeated-word" or "parity"
        or "capitals" or "has-digit" or "last-sign"
        or "list-length" or "repetition-patterns" or "kind-mentioned" or "first-topic";

    private static HashSet<string> Features(string text)
    {
        var found = new HashSet<string>(StringComparer.Ordinal) { "length " + text.Length / 12, "first " + text[0], "last " + text[^1], "lower " + (text == text.ToLowerInvariant()), "upper " + (text == text.ToUpperInvariant()) };
        foreach (var word in text.ToLowerInvariant().Split([' ', ',', '.', '?', '!', ';', '-', ':', '/'], StringSplitOptions.RemoveEmptyEntries))
        {
            found.Add(word);
            for (var i = 0; i + 2 <= word.Length; i++)
                found.Add("~" + word.Substring(i, 2));
            if (char.IsDigit(word[0]))
                found.Add("digits " + word.Length);
        }

        return found;
    }
}
