using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>Reductions, elements by index, and shapes.</summary>
internal static partial class OperationTable
{
    private static Dictionary<string, TestedOperation> Reductions() => new()
    {
        ["sum"] = new((g, x, c) => Reduce(g, x[0], c, g.RowSum, g.Sum)),
        ["mean"] = new((g, x, c) => Reduce(g, x[0], c, g.RowMean, g.Mean)),
        ["amax"] = new((g, x, c) => Reduce(g, x[0], c, g.RowMax)),
        ["amin"] = new((g, x, c) => Reduce(g, x[0], c, g.RowMin)),
        ["prod"] = new((g, x, c) => Reduce(g, x[0], c, g.RowProduct)),
        ["var"] = new((g, x, c) => Reduce(g, x[0], c, t => g.RowVariance(t))),
        ["var_biased"] = new((g, x, c) => Reduce(g, x[0], c, t => g.RowVariance(t, 0))),
        ["std"] = new((g, x, c) => Reduce(g, x[0], c, t => g.RowDeviation(t))),
        ["norm_1"] = new((g, x, c) => Reduce(g, x[0], c, t => g.RowNorm(t, 1))),
        ["norm_2"] = new((g, x, c) => Reduce(g, x[0], c, t => g.RowNorm(t))),
        ["norm_inf"] = new((g, x, c) => Reduce(g, x[0], c, t => g.RowNorm(t, double.PositiveInfinity))),
        ["argmax"] = new((g, x, _) => Numbers(g, RowOrder.Largest(x[0]))),
        ["argmin"] = new((g, x, _) => Numbers(g, RowOrder.Smallest(x[0]))),
        ["cumsum"] = new((g, x, _) => g.CumulativeSum(x[0])) { Arrange = AxisLast },
        ["cumprod"] = new((g, x, _) => g.CumulativeProduct(x[0])) { Arrange = AxisLast },
        ["sort"] = new((g, x, c) => Chosen(c, g.Sort(x[0], c.Flag("descending"), out var columns), columns)),
        ["topk"] = new((g, x, c) => Chosen(c, g.TopK(x[0], (int)c.Number("k", 1), out var columns), columns)),
    };

    private static Dictionary<string, TestedOperation> Indices() => new()
    {
        ["embedding"] = new((g, x, c) => g.Embedding(x[0], c["w.ids"].Integers, (int)c.Number("padding_index", -1))),
        ["index_select"] = new((g, x, c) => g.GatherRows(x[0], c["w.i"].Integers)) { Arrange = c => c.Number("axis", 0) == 0 ? c : c.Permute(1, 0) },
        ["gather"] = new((g, x, c) => c.Number("axis", 0) == 1 ? g.GatherByRow(x[0], c["w.i"].Integers) : g.GatherElements(x[0], Downwards(c, x[0]), c["w.i"].Rows, c["w.i"].Columns)),
        ["scatter_add"] = new((g, x, c) => g.ScatterAdd(x[0], x[1], c.Number("axis", 0) == 0 ? Downwards(c, x[0]) : Across(c, x[0]))),
        ["index_add"] = new((g, x, c) => g.ScatterAddRows(x[0], x[1], c["w.i"].Integers)) { Arrange = c => c.Number("axis", 0) == 0 ? c : c.Permute(1, 0) },
        ["masked_fill"] = new((g, x, c) => g.MaskedFill(x[0], Mask(c), (float)c.Number("value", 0))),
        ["where"] = new((g, x, c) => g.Select(Mask(c), x[0], x[1])),
    };

    private static Dictionary<string, TestedOperation> Rearrangements() => new()
    {
        ["transpose"] = Moved((m, c) => m.Permute(Swapped(c["x0"].Shape.Length, c.Whole("axes")))),
        ["permute"] = Moved((m, c) => m.Permute(c.Whole("order"))),
        ["reshape"] = Moved((m, c) => m.Permute(2, 0, 1).Reshape(c["y64"].Shape)),
        ["slice"] = Moved((m, c) => Sliced(m, c.Text("ranges", ""))),
        ["flip"] = Moved((m, c) => m.Flip((int)c.Number("axis", 0))),
        ["roll"] = Moved((m, c) => m.Roll((int)c.Number("axis", 0), (int)c.Number("by", 0))),
        ["expand"] = Moved((m, c) => m.Slice(1, 0, 1).Expand(c["y64"].Shape)),
        ["repeat"] = Moved((m, c) => c.Whole("times").Select((n, a) => (n, a)).Aggregate(m, (map, t) => map.Repeat(t.a, t.n))),
        ["repeat_interleave"] = Moved((m, c) => m.RepeatEach((int)c.Number("axis", 0), (int)c.Number("times", 1))),
        ["pad"] = Moved((m, c) => m.Pad(m.Shape.Length - 1, c.Whole("last_axis")[0], c.Whole("last_axis")[1]).Pad(m.Shape.Length - 2, c.Whole("axis_before")[0], c.Whole("axis_before")[1])),
        ["tril"] = Moved((m, c) => m.Lower((int)c.Number("diagonal", 0))),
        ["triu"] = Moved((m, c) => m.Upper((int)c.Number("diagonal", 0))),
        ["diagonal"] = Moved((m, c) => m.Diagonal(c.Whole("axes")[0], c.Whole("axes")[1])),
        ["unfold"] = Moved((m, c) => m.Unfold((int)c.Number("axis", 0), (int)c.Number("size", 1), (int)c.Number("step", 1))),
        ["concat"] = new(Joined),
        ["stack"] = new(Joined),
        ["split"] = new(Split),
    };

    private static TestedOperation Moved(Func<ElementMap, OperationGolden, ElementMap> map) =>
        new((g, x, c) => g.Rearrange(x[0], map(ElementMap.Of(c["x0"].Shape), c), (float)c.Number("value", 0)));

    private static int[] Swapped(int axes, int[] two)
    {
        int[] order = [.. Enumerable.Range(0, axes)];
        (order[two[0]], order[two[1]]) = (two[1], two[0]);
        return order;
    }

    /// <summary>Python's ranges with a start and a step, such as [:, 1:, ::2].</summary>
    private static ElementMap Sliced(ElementMap map, string ranges)
    {
        var axis = 0;
        foreach (var range in ranges.Trim('[', ']').Split(','))
        {
            var parts = range.Trim().Split(':');
            int Part(int i, int absent) => i < parts.Length && parts[i].Length > 0 ? int.Parse(parts[i], System.Globalization.CultureInfo.InvariantCulture) : absent;
            int start = Part(0, 0), end = Part(1, map.Shape[axis]), step = Part(2, 1);
            map = map.Slice(axis++, start, (end - start + step - 1) / step, step);
        }
        return map;
    }

    /// <summary>The reduced axes last, one row for each element of the result; the total has an operation of its own.</summary>
    private static Tensor Reduce(Graph g, Tensor x, OperationGolden c, Func<Tensor, Tensor> apply, Func<Tensor, Tensor>? total = null)
    {
        var shape = c["x0"].Shape;
        int[] axes = [.. c.Whole("axes").Select(a => (a + shape.Length) % shape.Length)], rest = [.. Enumerable.Range(0, shape.Length).Except(axes)];
        if (rest.Length == 0 && total is not null)
            return total(x);
        var columns = axes.Aggregate(1, (n, a) => n * shape[a]);
        var map = ElementMap.Of(shape).Permute([.. rest, .. axes]);
        return apply(g.Rearrange(x, map.Reshape((int)x.Count / columns, columns)));
    }

    private static Tensor Numbers(Graph g, int[] values) => TestTensors.Constant(g, Array.ConvertAll(values, v => (float)v), 1, values.Length);

    private static Tensor Chosen(OperationGolden c, Tensor y, int[] columns)
    {
        c.Others[1] = Array.ConvertAll(columns, i => (float)i);
        return y;
    }

    private static bool[] Mask(OperationGolden c)
    {
        var (mask, to) = (c["w.mask"], c["x0"]);
        return [.. Enumerable.Range(0, to.Values.Length).Select(i => mask.Values[(mask.Rows == 1 ? 0 : i / to.Columns) * mask.Columns + (mask.Columns == 1 ? 0 : i % to.Columns)] != 0)];
    }

    /// <summary>The index says which row, the place which column.</summary>
    private static int[] Downwards(OperationGolden c, Tensor x) => [.. c["w.i"].Integers.Select((r, i) => r * x.Columns + i % c["w.i"].Columns)];

    private static int[] Across(OperationGolden c, Tensor x) => [.. c["w.i"].Integers.Select((column, i) => i / c["w.i"].Columns * x.Columns + column)];

    /// <summary>Along an axis: what stands before it as rows, what follows side by side.</summary>
    private static Tensor Joined(Graph g, Tensor[] x, OperationGolden c)
    {
        var before = c["x0"].Shape[..(int)c.Number("axis", 0)].Aggregate(1, (n, m) => n * m);
        return g.ConcatColumns([.. x.Select(t => t.Reshape(before, (int)t.Count / before))]);
    }

    private static Tensor Split(Graph g, Tensor[] x, OperationGolden c)
    {
        var (map, axis, start) = (ElementMap.Of(c["x0"].Shape), (int)c.Number("axis", 0), 0);
        var parts = new List<Tensor>();
        foreach (var size in c.Whole("sizes"))
        {
            parts.Add(g.Rearrange(x[0], map.Slice(axis, start, size)));
            start += size;
        }
        for (var i = 1; i < parts.Count; i++)
            c.Others[i] = parts[i].Span.ToArray();
        return parts[0];
    }
}
