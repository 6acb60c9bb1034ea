using System.Globalization;

namespace Attune.Reproductions.Tagging;

/// <summary>Curves and the table of S194.</summary>
internal static class ForgettingExhibits
{
    public static void Add(ReproductionContext context, ForgettingSweep sweep, IReadOnlyDictionary<int, TaggingCourse[]> courses)
    {
        context.Add(Over(sweep, courses, "Unseen tokens tagged right, of two words", s => s.Unseen.Role));
        context.Add(Over(sweep, courses, "Unseen triples right, of all tokens", s => s.Unseen.InContext));
        context.Add(Over(sweep, courses, "Head words in swapped roles answered by memory", s => s.Head.InWeights));
        context.Add(Over(sweep, courses, "Tail words in swapped roles answered by memory", s => s.Tail.InWeights));
        context.Add(Table(sweep, courses));
    }

    private static string Name(ForgettingSweep sweep, int until) =>
        until == 0 ? "ordinary" : until >= sweep.Sizes.Steps ? "active" : FormattableString.Invariant($"until step {until}");

    private static Figure Over(ForgettingSweep sweep, IReadOnlyDictionary<int, TaggingCourse[]> courses, string title, Func<TaggingScores, double> value) => new(title, "step", "share",
        [.. sweep.Untils.Select(n => new Curve(Name(sweep, n), [.. Enumerable.Range(0, courses[n][0].Scores.Count).Select(i => Point(courses[n], i, value))]))]);

    private static CurvePoint Point(TaggingCourse[] seeds, int at, Func<TaggingScores, double> value) =>
        CurvePoint.Of(seeds[0].Scores[at].Step, new Measured("", [.. seeds.Select(s => value(s.Scores[at]))]));

    private static ResultTable Table(ForgettingSweep sweep, IReadOnlyDictionary<int, TaggingCourse[]> courses) => new(
        "At the end, mean over seeds (context + memory + error = 1 on swapped words)",
        ["embeddings forgotten", "training law", "unseen", "unseen, of two words", "ambiguous", "head: context", "head: memory", "tail: context", "tail: memory"],
        [.. sweep.Untils.Select(n => Row(Name(sweep, n), [.. courses[n].Select(c => c.End)]))]);

    private static IReadOnlyList<string> Row(string name, TaggingScores[] ends)
    {
        string Mean(Func<TaggingScores, double> value) => ends.Average(value).ToString("0.00", CultureInfo.InvariantCulture);
        return
        [
            name, Mean(s => s.Validation.InContext), Mean(s => s.Unseen.InContext), Mean(s => s.Unseen.Role), Mean(s => s.Ambiguous.InContext),
            Mean(s => s.Head.InContext), Mean(s => s.Head.InWeights), Mean(s => s.Tail.InContext), Mean(s => s.Tail.InWeights),
        ];
    }
}
