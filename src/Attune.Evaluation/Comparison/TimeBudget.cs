using System.Globalization;

namespace Attune.Evaluation.Comparison;

/// <summary>
/// Keeps a comparison within a time. The first seed is run first, cheapest methods first; a cell of which nothing is known yet begins if any
/// time is left, and is stopped when none is. From then on a cell is expected to take as long as the finished ones of its method and budget,
/// or where there is none, as that method's of a smaller budget (at least). The other seeds are run from the cheapest cell up, and what would
/// not end in time is left out: so first the later seeds of costly methods go, then costly methods altogether. Test rows are never cut.
/// </summary>
internal sealed class TimeBudget(TimeSpan? limit, TimeProvider time)
{
    private readonly long start = time.GetTimestamp();

    public TimeSpan? Left => limit is { } all ? (all - time.GetElapsedTime(start) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero) : null;

    /// <summary>Expected seconds of a cell; null if nothing is known of its method.</summary>
    public static double? Expect(CellKey cell, IReadOnlyList<string> shots, IEnumerable<CellResult> done)
    {
        var own = done.Where(c => c.Method == cell.Method && c.Status == CellStatus.Done).ToArray();
        foreach (var budget in shots.Reverse().SkipWhile(s => s != cell.Shots).Prepend(cell.Shots))
        {
            var same = own.Where(c => c.Shots == budget).ToArray();
            if (same.Length > 0)
                return same.Average(Seconds);
        }
        return null;
    }

    /// <summary>Whether a cell may begin.</summary>
    public bool Allows(double? expected) => Left is not { } left || (expected is { } seconds ? seconds <= left.TotalSeconds : left > TimeSpan.Zero);

    /// <summary>A later seed's cells in the order in which to run them: without a limit as planned, with one from the cheapest up, unknown ones last.</summary>
    public IEnumerable<CellKey> Order(IReadOnlyList<CellKey> seed, IReadOnlyList<string> shots, IEnumerable<CellResult> done) =>
        limit is null ? seed : seed.OrderBy(c => Expect(c, shots, done) ?? double.MaxValue);

    public string Reason => string.Create(CultureInfo.InvariantCulture, $"the budget of {limit?.TotalSeconds:0.#} s leaves no time for it");

    private static double Seconds(CellResult cell) => cell.FitSeconds + cell.QueryMilliseconds * cell.Rows / 1000;
}
