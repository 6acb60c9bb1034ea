using Attune.Data.Generators;
using Attune.Tensors;

namespace Attune.Tests.Data.Generators;

public sealed class GeneratedProseTests
{
    [Fact]
    public void Draw_ManySeeds_GivesPlainTextWithinTheLimit()
    {
        for (ulong seed = 0; seed < 500; seed++)
        {
            var text = GeneratedProse.Draw(new SeededRandom(seed), 600);
            Assert.InRange(text.Length, 3, 600);
            Assert.DoesNotContain('{', text);
            Assert.DoesNotContain('[', text);
            Assert.Equal(text, GeneratedProse.Draw(new SeededRandom(seed), 600));
        }
    }

    [Fact]
    public void Draw_HeldOutTopics_AreNotInIt()
    {
        var all = string.Join('\n', Enumerable.Range(0, 1500).Select(i => GeneratedProse.Draw(new SeededRandom((ulong)i))));
        Assert.Contains("kettle", all, StringComparison.Ordinal);
        Assert.All(["beekeeping", "astronomy", "volcanologist", "potter's wheel"], word => Assert.DoesNotContain(word, all, StringComparison.Ordinal));
    }

    [Fact]
    public void Verbs_Forms_AreEnglish()
    {
        Assert.Equal(["kneaded the dough", "stopped", "carried the bag", "rang the bell", "blow-dried the curls"],
            new[] { "knead the dough", "stop", "carry the bag", "ring the bell", "blow-dry the curls" }.Select(Verbs.Past));
        Assert.Equal(["kneading the dough", "stopping", "making tea", "seeing", "dyeing wool", "tying knots"],
            new[] { "knead the dough", "stop", "make tea", "see", "dye wool", "tie knots" }.Select(Verbs.Ing));
        Assert.Equal(["goes home", "watches", "carries the bag", "plays", "waxes the skis"],
            new[] { "go home", "watch", "carry the bag", "play", "wax the skis" }.Select(Verbs.Third));
    }
}
