using Attune.Data;
using Row = (string Text, string Label);

namespace Attune.Tests.Data;

/// <summary>No phrase of the train rows of examples/ gives a test row its label: what stands in both splits, and what a table of phrases would decide.</summary>
public class ExamplesLeakTests
{
    /// <summary>A phrase tells a label if it stands in so many train rows or more, and this share of them has the label.</summary>
    private const int Often = 2;

    private const double Tied = 0.9;

    /// <summary>Below it lies the Jaccard index of the words of any test sentence and any train sentence.</summary>
    private const double SentencesAcrossSplits = 0.5;

    /// <summary>Sentences of fewer different words are alike without being copies.</summary>
    private const int LeastWords = 4;

    /// <summary>Of each label: so many different sentences or more in train, and in test.</summary>
    private const int TrainSentences = 100;

    private const int TestSentences = 60;

    /// <summary>The sets of which no sentence stands in both splits; in codebook remarks do, under both of its labels.</summary>
    public static TheoryData<string> Divided => ["reviews", "support"];

    public static TheoryData<string> All => ["codebook", "reviews", "support"];

    [Theory]
    [MemberData(nameof(All))]
    public void Set_TableOfTrainSentences_DecidesNoTestRow(string name)
    {
        var (train, test) = Read(name);
        Assert.Empty(Decided(train, test, ExamplePhrases.Sentences));
    }

    [Theory]
    [MemberData(nameof(Divided))]
    public void Set_TestSentences_StandInNoTrainRow(string name) => Assert.Empty(Shared(name, ExamplePhrases.Sentences));

    [Theory]
    [MemberData(nameof(Divided))]
    public void Set_TestClauses_StandInNoTrainRow(string name) => Assert.Empty(Shared(name, ExamplePhrases.Clauses));

    [Theory]
    [MemberData(nameof(Divided))]
    public void Set_TestRunsOfFiveWords_StandInNoTrainRow(string name) => Assert.Empty(Shared(name, ExamplePhrases.Runs));

    [Theory]
    [MemberData(nameof(Divided))]
    public void Set_TestSentences_AreNearNoTrainSentence(string name)
    {
        var (train, test) = Read(name);
        var known = Bags(train);
        Assert.All(Bags(test), t => Assert.DoesNotContain(known, k => Jaccard(t, k) >= SentencesAcrossSplits));
    }

    [Theory]
    [MemberData(nameof(Divided))]
    public void Set_Sentences_AreManyForEachLabel(string name)
    {
        var (train, test) = Read(name);
        foreach (var label in train.Select(r => r.Label).Distinct())
        {
            Assert.InRange(Distinct(train.Where(r => r.Label == label)).Count, TrainSentences, int.MaxValue);
            Assert.InRange(Distinct(test.Where(r => r.Label == label)).Count, TestSentences, int.MaxValue);
        }
    }

    [Fact]
    public void Phrases_OfAHandWorkedText_AreWithoutCaseNumbersAndDays()
    {
        const string text = "Hi there! Order #4711, bought in May, left on Friday. It ISN'T here?";
        Assert.Equal(["hi there", "order # bought in <month> left on <day>", "it isnt here"], ExamplePhrases.Sentences(text));
        Assert.Equal(["bought in <month>", "left on <day>", "it isnt here"], ExamplePhrases.Clauses(text));
        Assert.Equal(["one two # four five", "two # four five six"], ExamplePhrases.Runs("One two. 3 four, five six"));
    }

    [Fact]
    public void Decided_OfSentencesWithOneLabelAndWithBoth_NamesTheRowsOfTheFirst()
    {
        Row[] train = [("Where is it?", "a"), ("Well. Where is it?", "a"), ("Thanks.", "a"), ("Thanks.", "b"), ("Once.", "b")];
        Row[] test = [("It went. WHERE IS IT", "a"), ("Thanks.", "b"), ("Once.", "b")];
        Assert.Equal(["It went. WHERE IS IT"], Decided(train, test, ExamplePhrases.Sentences));
    }

    private static (Row[] Train, Row[] Test) Read(string name)
    {
        var data = DataReader.Read(Path.Combine(TestFolders.RepositoryRoot, "examples", name));
        return ([.. data.Train.Select(e => (e.Input.Text, e.Label))], [.. data.Test!.Select(e => (e.Input.Text, e.Label))]);
    }

    /// <summary>The phrases that stand in both splits.</summary>
    private static IEnumerable<string> Shared(string name, Func<string, string[]> phrases)
    {
        var (train, test) = Read(name);
        return test.SelectMany(r => phrases(r.Text)).Intersect(train.SelectMany(r => phrases(r.Text)));
    }

    /// <summary>The test rows that hold a phrase which tells a label, whether the right one or not.</summary>
    private static IEnumerable<string> Decided(Row[] train, Row[] test, Func<string, string[]> phrases)
    {
        var telling = train.SelectMany(r => phrases(r.Text).Distinct(), (r, p) => (Phrase: p, r.Label)).GroupBy(p => p.Phrase, StringComparer.Ordinal)
            .Where(g => g.Count() >= Often && g.GroupBy(p => p.Label).Max(l => l.Count()) >= Tied * g.Count())
            .Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        return test.Where(r => phrases(r.Text).Any(telling.Contains)).Select(r => r.Text);
    }

    private static HashSet<string> Distinct(IEnumerable<Row> rows) => [.. rows.SelectMany(r => ExamplePhrases.Sentences(r.Text))];

    private static List<HashSet<string>> Bags(Row[] rows) =>
        [.. Distinct(rows).Select(s => s.Split(' ').ToHashSet(StringComparer.Ordinal)).Where(w => w.Count >= LeastWords)];

    private static double Jaccard(HashSet<string> a, HashSet<string> b)
    {
        var common = a.Count(b.Contains);
        return (double)common / (a.Count + b.Count - common);
    }
}
