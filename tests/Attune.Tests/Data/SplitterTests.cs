using Attune.Data;
using Attune.Tensors;

namespace Attune.Tests.Data;

public class SplitterTests
{
    private static readonly Dataset Hundred = Sets.Of(Sets.Task("a", "b", "c"), Sets.Rows("train", 99, "a", "b", "c"), Sets.Rows("test", 40, "a", "b"));

    private static Split Draw(Dataset data, int seed, string shots, int? test = null, bool natural = false, bool keep = false) =>
        Splitter.Draw(data, seed, new SplitOptions(ShotSpec.Parse(shots), test, natural, keep));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("16", 48)]
    [InlineData("total:64", 64)]
    [InlineData("total:2", 2)]
    [InlineData("all", 99)]
    public void Draw_Shots_GivesThatManyRows(string shots, int expected) => Assert.Equal(expected, Draw(Hundred, 1, shots).Labelled.Count);

    [Fact]
    public void Draw_PerLabel_IsBalanced() => Assert.All(Draw(Hundred, 3, "5").Labelled.CountBy(e => e.Label), c => Assert.Equal(5, c.Value));

    [Fact]
    public void Draw_Total_IsBalancedUpToOneRow()
    {
        var counts = Draw(Hundred, 3, "total:20").Labelled.CountBy(e => e.Label).Select(c => c.Value).Order();
        Assert.Equal([6, 7, 7], counts);
    }

    [Theory]
    [InlineData("4", "16", false)]
    [InlineData("total:8", "total:31", false)]
    [InlineData("4", "16", true)]
    [InlineData("16", "all", false)]
    public void Draw_FewerShots_AreTheFirstOfMoreForEachLabel(string few, string many, bool natural)
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var less = Draw(Hundred, seed, few, natural: natural).Labelled.ToLookup(e => e.Label);
            var more = Draw(Hundred, seed, many, natural: natural).Labelled.ToLookup(e => e.Label);
            foreach (var label in Hundred.Task.Labels)
                Assert.Equal(less[label], more[label].Take(less[label].Count()));
        }
    }

    [Fact]
    public void Draw_SameSeed_IsTheSameAndAnotherSeedIsNot()
    {
        Assert.Equal(Draw(Hundred, 7, "8", 10).Labelled, Draw(Hundred, 7, "8", 10).Labelled);
        Assert.NotEqual(Draw(Hundred, 7, "8", 10).Labelled, Draw(Hundred, 8, "8", 10).Labelled);
        Assert.NotEqual(Draw(Hundred, 7, "8", 10).Test, Draw(Hundred, 8, "8", 10).Test);
    }

    [Fact]
    public void Draw_TestRows_AreTheSameForEveryShotCountAndInFileOrder()
    {
        var none = Draw(Hundred, 5, "0", 12).Test;
        Assert.Equal(12, none.Count);
        Assert.Equal(none, Draw(Hundred, 5, "16", 12).Test);
        Assert.Equal(none, Draw(Hundred, 5, "all", 12, natural: true).Test);
        Assert.Equal(none.OrderBy(e => e.Row), none);
        Assert.Subset(Draw(Hundred, 5, "0", 20).Test.ToHashSet(), none.ToHashSet());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(40)]
    [InlineData(1000)]
    public void Draw_AllTestRows_AreTheFileInItsOrder(int? count) => Assert.Equal(Hundred.Test, Draw(Hundred, 5, "1", count).Test);

    [Fact]
    public void Draw_Order_MixesTheLabels()
    {
        // 33 rows of each of three labels in blocks would change label twice; shuffled, 66 times in the mean.
        var labels = Draw(Hundred, 2, "33").Labelled.Select(e => e.Label).ToList();
        Assert.InRange(labels.Zip(labels.Skip(1)).Count(p => p.First != p.Second), 40, 90);
    }

    [Fact]
    public void Draw_EveryRow_IsDrawnAboutEquallyOften()
    {
        // 300 seeds, 3 of 33 rows each: mean 27.3, standard deviation 5.
        var times = Enumerable.Range(0, 300).SelectMany(s => Draw(Hundred, s, "3").Labelled).CountBy(e => e.Id).ToDictionary();
        Assert.Equal(99, times.Count);
        Assert.All(times.Values, t => Assert.InRange(t, 7, 48));
    }

    [Fact]
    public void Draw_NoTestFile_TakesAFifthThatFittingDoesNotSee()
    {
        var data = Sets.Of(Sets.Task("a", "b"), Sets.Rows("train", 1000, "a", "b"), null);
        var split = Draw(data, 1, "all");
        Assert.Equal((200, 800), (split.Test.Count, split.Labelled.Count));
        Assert.Empty(split.Test.Intersect(split.Labelled));
        Assert.Equal(10, Draw(data, 1, "4", 10).Test.Count);
        Assert.Equal(50, Draw(Sets.Of(data.Task, Sets.Rows("train", 120, "a", "b"), null), 1, "4").Test.Count);
        Assert.Equal(6, Draw(Sets.Of(data.Task, Sets.Rows("train", 12, "a", "b"), null), 1, "1").Test.Count);
    }

    [Fact]
    public void Draw_TextOrGroupInTheTestRows_IsLeftOutAndCountedUnlessKept()
    {
        Example[] train =
        [
            Sets.Row("train:1", " SAME  text", "a"), Sets.Row("train:2", "own a", "a"), Sets.Row("train:3", "own b", "b", "user 1"),
            Sets.Row("train:4", "more b", "b", "user 2"),
        ];
        var data = Sets.Of(Sets.Task("a", "b"), train, [Sets.Row("test:1", "same text", "a", "user 1")]);
        var split = Draw(data, 1, "all");
        Assert.Equal(2, split.LeaksLeftOut);
        Assert.Equal(["train:2", "train:4"], split.Labelled.Select(e => e.Id).Order());
        var kept = Draw(data, 1, "all", keep: true);
        Assert.Equal((0, 4), (kept.LeaksLeftOut, kept.Labelled.Count));
    }

    [Fact]
    public void Draw_MoreShotsThanRows_NamesLabelWantedAndAvailable()
    {
        var error = Assert.Throws<AttuneException>(() => Draw(Hundred, 1, "34"));
        Assert.Contains("34 labelled rows are wanted of the label 'a', and 33 are available", error.Message);
        Assert.Equal(AttuneErrorKind.Request, error.Kind);
        Assert.Contains("300 labelled rows are wanted of the data, and 99", Assert.Throws<AttuneException>(() => Draw(Hundred, 1, "total:300", natural: true)).Message);
    }

    [Fact]
    public void Draw_MoreTestRowsThanThereAre_IsRefusedWithoutATestFile()
    {
        var data = Sets.Of(Sets.Task("a", "b"), Sets.Rows("train", 10, "a", "b"), null);
        Assert.Contains("leaves none", Assert.Throws<AttuneException>(() => Draw(data, 1, "1", 10)).Message);
        Assert.Contains("one at least", Assert.Throws<AttuneException>(() => Draw(data, 1, "1", 0)).Message);
    }

    [Fact]
    public void Draw_Natural_KeepsTheSharesOfTheData()
    {
        var rows = Sets.Rows("train", 1000, "a", "a", "a", "b");
        var labelled = Draw(Sets.Of(Sets.Task("a", "b"), rows, Sets.Rows("test", 5, "a")), 1, "100", natural: true).Labelled;
        Assert.Equal(200, labelled.Count);

        // 200 of 1000 without replacement: mean 150, standard deviation 5.5.
        Assert.InRange(labelled.Count(e => e.Label == "a"), 128, 172);
    }

    [Fact]
    public void Draw_MultipleChoice_CountsRows()
    {
        var task = Sets.Task() with { Kind = TaskKind.MultipleChoice };
        Assert.Equal(4, Draw(Sets.Of(task, Sets.Rows("train", 20, "x", "y"), Sets.Rows("test", 5, "x")), 1, "4").Labelled.Count);
    }

    [Fact]
    public void TestInputs_OfASplit_AreTheTestRowsInOrder()
    {
        var split = Draw(Hundred, 1, "1", 7);
        Assert.Equal(split.Test.Select(e => e.Input), split.TestInputs);
    }

    [Theory]
    [InlineData("16", "16")]
    [InlineData(" total:64 ", "total:64")]
    [InlineData("all", "all")]
    [InlineData("0", "0")]
    public void ShotSpec_Parse_RoundTrips(string text, string expected) => Assert.Equal(expected, ShotSpec.Parse(text).ToString());

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("total:")]
    [InlineData("some")]
    [InlineData("99999999999")]
    public void ShotSpec_Parse_RefusesOtherTexts(string text) => Assert.Contains($"'{text}'", Assert.Throws<AttuneException>(() => ShotSpec.Parse(text)).Message);
}
