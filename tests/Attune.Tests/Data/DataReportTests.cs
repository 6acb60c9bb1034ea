using Attune.Data;

namespace Attune.Tests.Data;

public sealed class DataReportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private DataReport Report(string train, string? test = null, DataOptions? options = null)
    {
        folder.Write("train.csv", train);
        if (test is not null)
            folder.Write("test.csv", test);
        return DataReader.Read(folder.Path, options).Report;
    }

    [Fact]
    public void Report_DuplicatesAndLeaks_AreCountedByNormalisedText()
    {
        var report = Report(
            "text,label\nGood  film,pos\n\" good film \",pos\nGOOD FILM,neg\nbad film,neg\nfine,pos\n",
            "text,label\nBad\tFilm,neg\nnew,pos\nGood film,pos\n");
        Assert.Equal((2, 1, 2), (report.Duplicates, report.ContradictoryDuplicates, report.TestRowsInTraining));
        Assert.Equal([new LabelCount("neg", 2, 1), new LabelCount("pos", 3, 2)], report.Labels);
        Assert.Contains(report.Warnings, w => w.Found.StartsWith("2 training rows repeat"));
        Assert.Contains(report.Warnings, w => w.Found.StartsWith("1 text stands in training with more than one label"));
        Assert.Contains(report.Warnings, w => w.Found.StartsWith("2 test rows also stand") && w.Remedy.Contains("--keep-leaks"));
        Assert.All(report.Warnings, w => Assert.NotEmpty(w.Remedy));
    }

    [Fact]
    public void Report_SharedGroup_IsALeak() =>
        Assert.Equal(1, Report("text,label,group\nx,a,u1\ny,b,u2\n", "text,label,group\nz,a,u2\nw,b,u3\n").TestRowsInTraining);

    [Fact]
    public void Report_SameQuestionWithOtherChoices_IsNoDuplicate()
    {
        folder.Write("train.jsonl", "{\"question\":\"Q\",\"choices\":[\"x\",\"y\"],\"label\":0}\n{\"question\":\"Q\",\"choices\":[\"p\",\"q\"],\"label\":0}\n");
        Assert.Equal(0, DataReader.Read(folder.Path).Report.Duplicates);
    }

    [Fact]
    public void Report_Lengths_AreNearestRanks()
    {
        // Lengths 1 to 20: ranks 10 and 19 of 20.
        var train = "text,label\n" + string.Concat(Enumerable.Range(1, 20).Select(i => $"{new string('x', i)},{(i % 2 == 0 ? "a" : "b")}\n"));
        var report = Report(train, options: new DataOptions { CountTokens = t => 2 * t.Length });
        Assert.Equal(new LengthSummary(1, 10, 19, 20), report.Characters);
        Assert.Equal(new LengthSummary(2, 20, 38, 40), report.Tokens);
    }

    [Fact]
    public void LengthSummary_OneLengthOrNone_IsItselfOrNull()
    {
        Assert.Equal(new LengthSummary(7, 7, 7, 7), LengthSummary.Of([7]));
        Assert.Null(LengthSummary.Of([]));
    }

    [Theory]
    [InlineData("text,label\nx,Pos\ny,pos\n", null, "differ only in case")]
    [InlineData("text,label\nx,a\ny,b\n", "text,label\nz,a\n", "No test row has the label 'b'")]
    [InlineData("text,label\nx,a\ny,b\n", "text,label\nz,c\nw,a\nv,b\n", "No training row has the label 'c'")]
    [InlineData("text,label\nx, a\ny, b\n", null, "' a' begins or ends with a blank")]
    [InlineData("text,label\ncrÃ¨me,a\ny,b\n", null, "1 row holds text such as")]
    public void Report_OddData_Warns(string train, string? test, string says) =>
        Assert.Contains(Report(train, test).Warnings, w => w.Found.Contains(says));

    [Fact]
    public void Report_TenTimesTheRows_WarnsOfImbalance()
    {
        var train = "text,label\nx,rare\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"t{i},often\n"));
        Assert.Contains(Report(train).Warnings, w => w.Found == "The label 'often' has 10 training rows and 'rare' has 1.");
    }

    [Fact]
    public void Report_PlainData_HasNoWarning() =>
        Assert.Empty(Report("text,label\nx,a\ny,b\nÀ la carte Ü,a\n", "text,label\nz,a\nw,b\n").Warnings);
}
