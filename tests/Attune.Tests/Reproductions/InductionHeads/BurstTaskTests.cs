using Attune.Reproductions;
using Attune.Reproductions.InductionHeads;
using Attune.Tensors;

namespace Attune.Tests.Reproductions.InductionHeads;

public class BurstTaskTests
{
    private static readonly BurstSetting Setting = new() { Classes = 64, Labels = 16, Items = 8, MostItems = 10, Dimension = 12, Burstiness = 2 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Bursty_Sequences_HoldTheTargetsClassBTimes(int burstiness)
    {
        using var batch = Drawn(Setting with { Burstiness = burstiness, DistinctLabels = true }, BurstKind.Training);
        for (var s = 0; s < batch.Count; s++)
        {
            Assert.Equal(burstiness, Correct(batch, s).Count(c => c));
            Assert.Equal(8 / burstiness, Labels(batch, s).Distinct().Count());
            Assert.All(Labels(batch, s).Zip(Correct(batch, s)), p => Assert.Equal(p.Second, p.First == batch.Answers[s]));
        }
    }

    /// <summary>With 64 classes and 16 labels other classes share the target's label; they are left out as well.</summary>
    [Theory]
    [InlineData(4, 4)]
    [InlineData(64, 16)]
    public void InWeights_Contexts_LackTheTargetsClassAndLabel(int classes, int labels)
    {
        using var batch = Drawn(Setting with { Classes = classes, Labels = labels }, BurstKind.InWeights);
        Assert.DoesNotContain(true, batch.IsCorrect);
        Assert.DoesNotContain(Enumerable.Range(0, batch.Count), s => Labels(batch, s).Contains(batch.Answers[s]));
    }

    /// <summary>Without noise an item is its class's mean, so the same items come back with the next label.</summary>
    [Fact]
    public void Shifted_Labels_AreTheNextOnes()
    {
        var setting = Setting with { Noise = 0 };
        var labels = new Dictionary<string, int>();
        using (var trained = Drawn(setting, BurstKind.Training))
            for (var s = 0; s < trained.Count; s++)
                labels[Item(trained, s)] = trained.Answers[s];
        using var shifted = Drawn(setting, BurstKind.Shifted);
        for (var s = 0; s < shifted.Count; s++)
            if (labels.TryGetValue(Item(shifted, s), out var label))
                Assert.Equal((label + 1) % setting.Labels, shifted.Answers[s]);
        Assert.True(labels.Count > 40);
    }

    [Fact]
    public void Novel_Classes_AreNewInEachBatch()
    {
        var setting = Setting with { Noise = 0 };
        var (task, random) = (new BurstTask(setting, new SeededRandom(1)), new SeededRandom(2));
        var normal = new NormalStream(new SeededRandom(3));
        using var batch = new BurstBatch(setting, 256);
        task.Draw(batch, BurstKind.Novel, random, normal);
        var first = Enumerable.Range(0, batch.Count).Select(s => Item(batch, s)).ToHashSet();
        task.Draw(batch, BurstKind.Novel, random, normal);
        Assert.DoesNotContain(Enumerable.Range(0, batch.Count), s => first.Contains(Item(batch, s)));
    }

    /// <summary>Skew 1 over 4 classes: 1 : 1/2 : 1/3 : 1/4, which is 12/25, 6/25, 4/25 and 3/25; five standard errors of 4,000 draws.</summary>
    [Fact]
    public void Skewed_Classes_HaveTheirShares()
    {
        using var batch = Drawn(Setting with { Classes = 4, Labels = 4, Skew = 1, BurstShare = 0 }, BurstKind.Training, 4000);
        double[] expected = [0.48, 0.24, 0.16, 0.12];
        for (var k = 0; k < 4; k++)
            Assert.Equal(expected[k], batch.Answers.Count(a => a == k) / 4000.0, 5 * Math.Sqrt(0.25 / 4000));
    }

    [Fact]
    public void Tokens_HoldPositionAndContent()
    {
        using var batch = Drawn(Setting, BurstKind.Training);
        for (var s = 0; s < batch.Count; s++)
        {
            var first = batch.Tokens[s * 17].IndexOf(1f);
            Assert.InRange(first, 0, 4);
            for (var t = 0; t < 17; t++)
            {
                var token = batch.Tokens[s * 17 + t];
                Assert.Equal(first + t, token.IndexOf(1f));
                Assert.Equal(1, token[..Setting.Positions].ToArray().Sum());
                Assert.Equal(batch.Contents[s * 17 + t].ToArray(), token[Setting.Positions..].ToArray());
            }
        }
    }

    [Fact]
    public void Burstiness_ThatDoesNotDivideTheItems_IsRefused()
    {
        var error = Assert.Throws<AttuneException>(() => new BurstTask(Setting with { Burstiness = 3 }, new SeededRandom(1)));
        Assert.Contains("8 items", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Burstiness_OfAllItems_IsRefused()
    {
        var error = Assert.Throws<AttuneException>(() => new BurstTask(Setting with { Burstiness = 8 }, new SeededRandom(1)));
        Assert.Contains("one class", error.Message, StringComparison.Ordinal);
    }

    private static BurstBatch Drawn(BurstSetting setting, BurstKind kind, int count = 256)
    {
        var batch = new BurstBatch(setting, count);
        new BurstTask(setting, new SeededRandom(1)).Draw(batch, kind, new SeededRandom(2), new NormalStream(new SeededRandom(3)));
        return batch;
    }

    private static int[] Labels(BurstBatch batch, int s) => batch.ContextLabels.AsSpan(s * 8, 8).ToArray();

    private static bool[] Correct(BurstBatch batch, int s) => batch.IsCorrect.AsSpan(s * 8, 8).ToArray();

    private static string Item(BurstBatch batch, int s) => string.Join(",", batch.Targets[s].ToArray().Select(v => v.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
}
