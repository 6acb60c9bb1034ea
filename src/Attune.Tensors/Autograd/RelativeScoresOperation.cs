using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class RelativeScoresOperation
{
    /// <summary>
    /// The parts of disentangled attention that hang on a distance (He et al., "DeBERTa", 2021, equation 4), for every pair of query i and key j of a sequence:
    /// y[i, h·n + j] = scale · (ofQueries[i, h·places + π(i − j)] + ofKeys[j, h·places + π(i − j)]), as <see cref="AttentionBias.OfPairs"/> wants it; behind a
    /// sequence's last key y is undefined.
    /// </summary>
    /// <param name="ofQueries">Scores of each query with the key of each place, [rows, heads · places]; empty: none.</param>
    /// <param name="ofKeys">Scores of each key with the query of each place, likewise.</param>
    /// <param name="ranges">The sequences; each attends to itself.</param>
    /// <param name="placeOf">π(d) at d + n − 1, for the distances −n + 1 … n − 1, n at least as long as every sequence.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or a place is outside of them.</exception>
    public static Tensor RelativeScores(this Graph graph, Tensor ofQueries, Tensor ofKeys, ReadOnlySpan<AttentionRange> ranges, int heads, ReadOnlySpan<int> placeOf, float scale)
    {
        var like = ofQueries.IsEmpty ? ofKeys : ofQueries;
        if (!ofQueries.IsEmpty && !ofKeys.IsEmpty)
            Shapes.Same("RelativeScores", ofQueries, ofKeys);
        var (width, places) = ((placeOf.Length + 1) / 2, like.Columns / heads);
        foreach (var place in placeOf)
            if ((uint)place >= (uint)places)
                throw new ArgumentException($"RelativeScores: place {place} is outside {places} columns a head");
        using var _ = Profile.Measure(OperationKind.Rows, 2L * like.Rows * heads * width, 12L * like.Rows * heads * width);
        var job = new RelativeScores.Job
        {
            Queries = ofQueries, Keys = ofKeys, Y = graph.Arena.Matrix(like.Rows, checked(heads * width)), Rows = like.Rows, Heads = heads, Width = width, Places = places, Scale = scale,
            RangeOf = RangeOf(graph, like.Rows, ranges, width), PlaceOf = graph.Arena.Ints(placeOf.Length),
        };
        placeOf.CopyTo(new Span<int>(job.PlaceOf, placeOf.Length));
        Kernels.RelativeScores.Forward(job);
        if (!graph.Wants(ofQueries, ofKeys))
            return job.Y;
        job.Y = graph.Track(job.Y);
        graph.Keep(job.RangeOf);
        graph.Keep(job.PlaceOf);
        graph.Record<Node>().Job = job;
        return job.Y;
    }

    private static AttentionRange* RangeOf(Graph graph, int rows, ReadOnlySpan<AttentionRange> ranges, int width)
    {
        var of = (AttentionRange*)graph.Arena.Take((long)rows * sizeof(AttentionRange));
        var row = 0;
        foreach (var range in ranges)
        {
            if (range.QueryStart != row || range.KeyStart != row || range.QueryCount != range.KeyCount || range.KeyCount > width || range.QueryCount > rows - row)
                throw new ArgumentException($"RelativeScores: {range} at row {row} of {rows}; expected sequences of at most {width} rows, one after another, that attend to themselves");
            for (var i = 0; i < range.QueryCount; i++)
                of[row++] = range;
        }
        return row == rows ? of : throw new ArgumentException($"RelativeScores: the ranges hold {row} rows, the scores {rows}");
    }

    private sealed class Node : Operation
    {
        public RelativeScores.Job Job;

        internal override OperationWork BackwardWork(Graph graph) => new(OperationKind.RowsBackward, 4 * Job.Y.Count, 24 * Job.Y.Count);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Job.Y))
                return;
            var dy = graph.Upstream(Job.Y);
            if (Job.Queries.Node != 0)
                Kernels.RelativeScores.BackwardQueries(Job with { Y = dy, Queries = graph.Gradient(Job.Queries) });
            if (Job.Keys.Node != 0)
                Kernels.RelativeScores.BackwardKeys(Job with { Y = dy, Keys = graph.Gradient(Job.Keys) });
        }
    }
}
