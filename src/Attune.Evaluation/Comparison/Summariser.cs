using Attune.Evaluation.Statistics;
using Attune.Methods;
using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>
/// Makes the table of a run's cells: a pure function of them and of the configuration, so that a run that was killed and resumed has the
/// same as one that was not, but for times and memory.
/// </summary>
internal static class Summariser
{
    private const double Level = 0.05;

    /// <param name="notRun">Cells of the plan that were not computed, with the reason.</param>
    public static Summary Build(
        RunConfiguration configuration, IReadOnlyList<CellResult> cells, IReadOnlyDictionary<string, IReadOnlyList<RowPrediction>> predictions, IReadOnlyList<CellResult> notRun)
    {
        var rows = Score(configuration, cells, predictions);
        var baseline = ChooseBaseline(configuration, rows);
        var (winner, heldOut) = ChooseWinner(rows);
        var table = Table(rows, baseline, winner, cells);
        return new Summary
        {
            Task = configuration.TaskName,
            Model = configuration.Model,
            Encoder = configuration.Encoder,
            Precision = OptionsJson.Name(configuration.Precision.ToString()),
            Objective = NameOf(configuration.Objective),
            Baseline = baseline ?? "",
            Rows = table,
            Winner = winner?.Method ?? "",
            WinnerShots = winner?.Shots ?? "",
            WinnerHeldOut = heldOut ?? winner?.Score ?? 0,
            WinnerFull = winner?.Score ?? 0,
            LeftOut = LeftOut(configuration, [.. cells.Where(c => c.Status != CellStatus.Done), .. notRun]),
            Warnings = [.. SummaryWarnings.Of(configuration, cells, notRun, rows, baseline is not null, winner is null || heldOut is not null)],
            Seconds = cells.Sum(c => c.FitSeconds + c.QueryMilliseconds * c.Rows / 1000),
            DataHash = configuration.DataHash,
            ModelHash = configuration.ModelHash,
            EncoderHash = configuration.EncoderHash,
            Identity = configuration.Identity.Hash,
            Version = cells.Count > 0 ? cells[^1].Version : Machine.Version,
            Processor = cells.Count > 0 ? cells[^1].Processor : Machine.Processor,
            Threads = ThreadTeam.Threads,
        };
    }

    public static string NameOf(Objective objective) => objective switch
    {
        Objective.MacroF1 => "macro-f1",
        Objective.Nll => "nll",
        _ => "accuracy",
    };

    /// <summary>In the plan's order, whichever call found them.</summary>
    private static IReadOnlyList<CellResult> LeftOut(RunConfiguration configuration, IEnumerable<CellResult> cells)
    {
        var places = configuration.Cells().Select((c, i) => (c.Text, i)).ToDictionary(c => c.Text, c => c.i, StringComparer.Ordinal);
        return [.. cells.OrderBy(c => places.GetValueOrDefault(c.Key))];
    }

    private static List<ScoredRow> Score(RunConfiguration configuration, IReadOnlyList<CellResult> cells, IReadOnlyDictionary<string, IReadOnlyList<RowPrediction>> predictions)
    {
        var labels = configuration.ReadTask().Labels;
        var done = cells.Where(c => c.Status == CellStatus.Done).ToLookup(c => (c.Method, c.Shots));
        var rows = new List<ScoredRow>();
        foreach (var (method, place) in configuration.Methods.Select((m, i) => (m.Name, i)))
            foreach (var group in done.Where(g => g.Key.Method == method).OrderBy(g => PlaceOf(configuration, g.Key.Shots)))
            {
                var own = group.OrderBy(c => c.Seed).ToArray();
                var scores = own.Select(c => SeedScores.Of(c.Seed, predictions[c.Key], labels, configuration.Objective)).ToArray();
                rows.Add(new ScoredRow(method, group.Key.Shots, rows.Count, configuration.Objective, own, scores));
            }
        return rows;
    }

    private static int PlaceOf(RunConfiguration configuration, string shots) => configuration.Shots.TakeWhile(s => s != shots).Count() % Math.Max(1, configuration.Shots.Count);

    /// <summary>The method asked for; else zero-shot, else majority, if they have results.</summary>
    private static string? ChooseBaseline(RunConfiguration configuration, List<ScoredRow> rows)
    {
        string?[] wanted = configuration.Baseline is { } asked ? [asked] : ["zero-shot", "majority"];
        return wanted.FirstOrDefault(name => rows.Any(r => r.Method == name));
    }

    /// <summary>What a row is compared with: the baseline at the same budget, else at "0"; null where neither is there.</summary>
    private static ScoredRow? BaselineOf(ScoredRow row, string? baseline, List<ScoredRow> rows) =>
        rows.FirstOrDefault(r => r.Method == baseline && r.Shots == row.Shots) ?? rows.FirstOrDefault(r => r.Method == baseline && r.Shots == "0");

    /// <summary>
    /// Best on the choosing half; of equals the better on all rows, then the one of fewer operations a query, then the first of the plan.
    /// Only rows with as many seeds as any has stand for election.
    /// </summary>
    private static (ScoredRow? Winner, double? HeldOut) ChooseWinner(List<ScoredRow> rows)
    {
        if (rows.Count == 0)
            return (null, null);
        var halves = new TestHalves(rows.SelectMany(r => r.Seeds).SelectMany(s => s.Ids));
        var seeds = rows.Max(r => r.Seeds.Count);
        var winner = rows.Where(r => r.Seeds.Count == seeds)
            .OrderByDescending(r => r.Worth(r.ScoreOver(halves.Chooses) ?? r.Score))
            .ThenByDescending(r => r.Merit).ThenBy(r => r.QueryFlops).ThenBy(r => r.Place)
            .First();
        return (winner, winner.ScoreOver(halves.Reports));
    }

    private static List<SummaryRow> Table(List<ScoredRow> rows, string? baseline, ScoredRow? winner, IReadOnlyList<CellResult> cells)
    {
        if (winner is null)
            return [];
        var intervals = Each(rows, r => (BootstrapInterval?)r.Interval());
        var toBaseline = Each(rows, r => BaselineOf(r, baseline, rows) is { } b && b != r ? r.Minus(b) : null);
        var toWinner = Each(rows, r => r == winner ? null : r.Minus(winner));
        var (p, best) = (Holm(toBaseline), Holm(toWinner));
        // Whatever is better than the winner on all rows is as little worse as what cannot be told from it.
        var marked = rows.Where((r, i) => r == winner || best[i] is { } q && (q >= Level || r.Worth(toWinner[i]!.Value.Estimate) > 0)).ToHashSet();
        var cheapest = marked.OrderBy(r => r.QueryFlops).ThenBy(r => r.QueryMilliseconds).ThenBy(r => r.Place).First();
        return
        [
            .. rows.Select((row, i) => (row, i)).OrderByDescending(r => r.row.Merit).ThenBy(r => r.row.Place).Select(r =>
                SummaryRows.Of(r.row, intervals[r.i]!.Value, toBaseline[r.i], p[r.i], cells[^1]) with
                {
                    Winner = r.row == winner, Best = marked.Contains(r.row), Cheapest = r.row == cheapest,
                }),
        ];
    }

    /// <summary>Each row's bootstrap has a stream of its own, so rows may be computed side by side.</summary>
    private static T?[] Each<T>(List<ScoredRow> rows, Func<ScoredRow, T?> make)
    {
        var result = new T?[rows.Count];
        Parallel.For(0, rows.Count, i => result[i] = make(rows[i]));
        return result;
    }

    private static double?[] Holm(BootstrapDifference?[] differences)
    {
        var there = Enumerable.Range(0, differences.Length).Where(i => differences[i] is not null).ToArray();
        var adjusted = MultipleComparisons.Holm([.. there.Select(i => differences[i]!.Value)]);
        var result = new double?[differences.Length];
        for (var i = 0; i < there.Length; i++)
            result[there[i]] = adjusted[i];
        return result;
    }
}
