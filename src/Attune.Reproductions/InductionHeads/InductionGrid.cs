using Attune.Tensors;

namespace Attune.Reproductions.InductionHeads;

/// <summary>All trainings of a run: for each seed, both models on novel classes alone, and both on a grid of classes, burstiness and skew.</summary>
public sealed class InductionGrid
{
    private readonly Dictionary<Cell, InductionTrace> traces = [];
    private readonly int seeds;

    private InductionGrid(InductionScale scale, int seeds) => (Scale, this.seeds) = (scale, seeds);

    public InductionScale Scale { get; }

    /// <summary>Trains all of it, as many side by side as there are threads.</summary>
    /// <param name="random">The stream of a seed and purpose.</param>
    /// <param name="progress">Told the share done.</param>
    public static InductionGrid Train(InductionScale scale, int seeds, Func<int, string, SeededRandom> random, Action<double> progress, CancellationToken cancel)
    {
        var grid = new InductionGrid(scale, seeds);
        // The long ones first, so that none is left over at the end.
        var cells = grid.Cells().OrderBy(c => c.Scalar).ThenBy(c => c.IsNovel ? 1 : 0).ToArray();
        var (done, all) = (0L, cells.Sum(c => (long)scale.Plan(c).Steps));
        var found = Sweep.Each(cells.Length, i =>
        {
            var plan = scale.Plan(cells[i]);
            using var training = new InductionTraining(plan, random(cells[i].Seed, cells[i].Purpose));
            return new InductionTrace(plan, training.Run(_ =>
            {
                if (Interlocked.Increment(ref done) is var now && now % 500 == 0)
                    progress((double)now / all);
            }, cancel));
        });
        for (var i = 0; i < cells.Length; i++)
            grid.traces.Add(cells[i], found[i]);
        return grid;
    }

    /// <summary>The trainings on novel classes, by seed.</summary>
    public InductionTrace[] Novel(bool scalar) => [.. Seeds.Select(s => traces[Cell.Novel(scalar, s)])];

    /// <summary>The trainings of a cell of the grid, by seed.</summary>
    public InductionTrace[] At(bool scalar, int classes, int burstiness, double skew = 0) => [.. Seeds.Select(s => traces[new Cell(scalar, classes, burstiness, skew, s)])];

    /// <summary>All trainings of a model.</summary>
    public InductionTrace[] All(bool scalar) => [.. traces.Where(t => t.Key.Scalar == scalar).Select(t => t.Value)];

    private IEnumerable<int> Seeds => Enumerable.Range(0, seeds);

    private IEnumerable<Cell> Cells()
    {
        foreach (var seed in Seeds)
            foreach (var scalar in (bool[])[false, true])
            {
                yield return Cell.Novel(scalar, seed);
                foreach (var classes in Scale.Classes)
                    foreach (var burstiness in Scale.Burstiness)
                        yield return new Cell(scalar, classes, burstiness, 0, seed);
                foreach (var skew in Scale.Skews)
                    yield return new Cell(scalar, Scale.SkewedClasses, Scale.SkewedBurstiness, skew, seed);
            }
    }

    /// <summary>A place in the grid. On novel classes there are no classes of the run (0).</summary>
    public sealed record Cell(bool Scalar, int Classes, int Burstiness, double Skew, int Seed)
    {
        public bool IsNovel => Classes == 0;

        /// <summary>Both models see the same classes and sequences.</summary>
        public string Purpose => FormattableString.Invariant($"{Classes} classes, burstiness {Burstiness}, skew {Skew}");

        public static Cell Novel(bool scalar, int seed) => new(scalar, 0, 1, 0, seed);
    }
}
