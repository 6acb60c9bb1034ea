using System.Globalization;
using System.Text;
using Attune.Data;

namespace Attune.Tests.Data;

/// <summary>The data sets in examples/: what their pages and task.json say is so, and no test row is almost a train row.</summary>
public class ExamplesTests
{
    /// <summary>Below it lies the Jaccard index of the words of any test row and any train row.</summary>
    private const double AcrossSplits = 0.5;

    /// <summary>Below it lies that of any two rows of one split.</summary>
    private const double WithinSplit = 0.6;

    /// <summary>Below it lies the Jaccard index of the runs of five words of any test row and any train row.</summary>
    private const double RunsAcrossSplits = 0.4;

    private const int Run = 5;
    private const int LongestWords = 40;

    public static TheoryData<string> Names => [.. Folders];

    private static IEnumerable<string> Folders => Directory.GetDirectories(Root).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal);

    private static string Root => Path.Combine(TestFolders.RepositoryRoot, "examples");

    [Fact]
    public void Folder_HoldsTheThreeSets() => Assert.Equal(["codebook", "reviews", "support"], Folders);

    [Theory]
    [MemberData(nameof(Names))]
    public void Set_Read_IsWhatItAnnounces(string name)
    {
        var data = DataReader.Read(Path.Combine(Root, name));
        Assert.Equal(TaskKind.Classification, data.Task.Kind);
        Assert.Equal((data.Task.Rows["train"], data.Task.Rows["test"]), (data.Train.Count, data.Test!.Count));
        Assert.Equal("Apache-2.0", data.Task.Licence);
        Assert.Empty(data.Report.Warnings);
        Assert.Equal((0, 0), (data.Report.Duplicates, data.Report.TestRowsInTraining));
        Assert.All(All(data), e => Assert.InRange(e.Input.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, 3, LongestWords));
        Assert.All(All(data), e => Assert.Equal(e.Input.Text.Trim(), e.Input.Text));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Set_Labels_AreBalancedAsItsPageSays(string name)
    {
        var data = DataReader.Read(Path.Combine(Root, name));
        var page = File.ReadAllLines(Path.Combine(Root, name, "README.md"));
        foreach (var label in data.Task.Labels)
        {
            var (train, test) = (data.Train.Count(e => e.Label == label), data.Test!.Count(e => e.Label == label));
            Assert.InRange(train * data.Task.Labels.Count, data.Train.Count - data.Task.Labels.Count, data.Train.Count + data.Task.Labels.Count);
            Assert.InRange(test * data.Task.Labels.Count, data.Test!.Count - data.Task.Labels.Count, data.Test.Count + data.Task.Labels.Count);
            Assert.Contains(page, l => l.StartsWith($"| {label} |", StringComparison.Ordinal) && l.EndsWith(string.Create(CultureInfo.InvariantCulture, $"| {train} | {test} |"), StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Set_Files_AreUtf8WithOneRowALine(string name)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Root, name)))
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file));
            Assert.EndsWith("\n", text, StringComparison.Ordinal);
            Assert.DoesNotContain('\r', text);
            Assert.DoesNotContain('\uFEFF', text);
            if (file.EndsWith(".jsonl", StringComparison.Ordinal))
                Assert.All(text.TrimEnd('\n').Split('\n'), l => Assert.StartsWith("{\"text\": ", l, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Set_Rows_AreNoNearDuplicates(string name)
    {
        var data = DataReader.Read(Path.Combine(Root, name));
        var (train, test) = (WordSets(data.Train, 1), WordSets(data.Test!, 1));
        Assert.InRange(Nearest(test, train), 0, AcrossSplits);
        Assert.InRange(Nearest(WordSets(data.Test!, Run), WordSets(data.Train, Run)), 0, RunsAcrossSplits);
        Assert.InRange(NearestWithin(train), 0, WithinSplit);
        Assert.InRange(NearestWithin(test), 0, WithinSplit);
    }

    [Theory]
    [InlineData("A red kettle, a lid", "The red kettle!", 0.4)]
    [InlineData("It's here", "its HERE", 1)]
    [InlineData("one", "two", 0)]
    public void Jaccard_OfHandWorkedTexts_IsTheShareOfCommonWords(string first, string second, double expected) =>
        Assert.Equal(expected, Jaccard(Grams(first, 1), Grams(second, 1)), 12);

    private static IEnumerable<Example> All(Dataset data) => data.Train.Concat(data.Test!);

    private static List<HashSet<string>> WordSets(IEnumerable<Example> rows, int length) => [.. rows.Select(r => Grams(r.Input.Text, length))];

    private static double Nearest(List<HashSet<string>> rows, List<HashSet<string>> others) => rows.Max(r => others.Max(o => Jaccard(r, o)));

    private static double NearestWithin(List<HashSet<string>> rows) => rows.Index().Skip(1).Max(r => rows.Take(r.Index).Max(o => Jaccard(r.Item, o)));

    private static double Jaccard(HashSet<string> a, HashSet<string> b)
    {
        var common = a.Count(b.Contains);
        return common == 0 ? 0 : (double)common / (a.Count + b.Count - common);
    }

    /// <summary>The distinct runs of so many words: letters and digits in small letters, apostrophes left out.</summary>
    private static HashSet<string> Grams(string text, int length)
    {
        var plain = new string([.. text.Replace("'", "", StringComparison.Ordinal).Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')]);
        var words = plain.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return [.. Enumerable.Range(0, Math.Max(0, words.Length - length + 1)).Select(i => string.Join(' ', words.Skip(i).Take(length)))];
    }
}
