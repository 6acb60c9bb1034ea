using Attune.Tensors.Autograd;

namespace Attune.Tensors.Kernels;

/// <summary>Scores that hang on a token and a distance, picked for every pair of a sequence; see <see cref="RelativeScoresOperation"/>. Copies and one addition, so one loop serves all widths.</summary>
internal static unsafe class RelativeScores
{
    /// <summary>y[r, h·width + j] = scale · (queries[r, h, place] + keys[first + j, h, place]).</summary>
    public static void Forward(in Job job)
    {
        var copy = job;
        RowChunks.Run(&ForwardRows, &copy, job.Rows, job.Y.Columns);
    }

    /// <summary>queries[r, h, place] += scale · y[r, h, j], j ascending.</summary>
    public static void BackwardQueries(in Job job)
    {
        var copy = job;
        RowChunks.Run(&QueryRows, &copy, job.Rows, job.Y.Columns);
    }

    /// <summary>keys[first + j, h, place] += scale · y[r, h, j], r ascending.</summary>
    public static void BackwardKeys(in Job job)
    {
        var copy = job;
        RowChunks.Run(&KeyRows, &copy, job.Rows, job.Y.Columns);
    }

    public struct Job
    {
        /// <summary>By row of either: [rows, Heads · Places]; empty: none.</summary>
        public Tensor Queries, Keys;

        /// <summary>[rows, Heads · Width].</summary>
        public Tensor Y;

        /// <summary>The range of each row.</summary>
        public AttentionRange* RangeOf;

        /// <summary>The place of the distance d of query and key stands at d + Width − 1.</summary>
        public int* PlaceOf;

        public int Rows, Heads, Width, Places;

        public float Scale;
    }

    private static void ForwardRows(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var (start, end) = RowChunks.Range(item, job.Rows, job.Y.Columns);
        for (var row = start; row < end; row++)
        {
            var range = job.RangeOf[row];
            var place = job.PlaceOf + (row - range.QueryStart) + job.Width - 1;
            for (var h = 0; h < job.Heads; h++)
            {
                var y = job.Y.Row(row) + (long)h * job.Width;
                for (var j = 0; j < range.KeyCount; j++)
                    y[j] = job.Scale * (At(job.Queries, row, h, job.Places, place[-j]) + At(job.Keys, range.KeyStart + j, h, job.Places, place[-j]));
            }
        }
    }

    private static float At(Tensor scores, int row, int head, int places, int place) => scores.IsEmpty ? 0 : scores.Row(row)[(long)head * places + place];

    private static void QueryRows(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var (start, end) = RowChunks.Range(item, job.Rows, job.Y.Columns);
        for (var row = start; row < end; row++)
        {
            var range = job.RangeOf[row];
            var place = job.PlaceOf + (row - range.QueryStart) + job.Width - 1;
            for (var h = 0; h < job.Heads; h++)
            {
                var y = job.Y.Row(row) + (long)h * job.Width;
                var x = job.Queries.Row(row) + (long)h * job.Places;
                for (var j = 0; j < range.KeyCount; j++)
                    x[place[-j]] += job.Scale * y[j];
            }
        }
    }

    private static void KeyRows(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var (start, end) = RowChunks.Range(item, job.Rows, job.Y.Columns);
        for (var row = start; row < end; row++)
        {
            var range = job.RangeOf[row];
            var key = row - range.KeyStart;
            for (var h = 0; h < job.Heads; h++)
            {
                var x = job.Keys.Row(row) + (long)h * job.Places;
                for (var query = 0; query < range.QueryCount; query++)
                    x[job.PlaceOf[query - key + job.Width - 1]] += job.Scale * job.Y.Row(range.QueryStart + query)[(long)h * job.Width + key];
            }
        }
    }
}
