using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Tensors;

/// <summary>Matrices for tests: from arrays, random, and as parameters.</summary>
internal static class TestTensors
{
    /// <summary>Values off the tape, in the graph's memory.</summary>
    public static Tensor Constant(Graph graph, GoldenTensor t) => Constant(graph, t.Values, t.Rows, t.Columns);

    public static Tensor Constant(Graph graph, float[] values, int rows, int columns)
    {
        var result = graph.Persistent.Matrix(rows, columns);
        values.CopyTo(result.Span);
        return result;
    }

    public static Parameter Parameter(float[] values, int rows, int columns)
    {
        var result = new Parameter("x", rows, columns);
        values.CopyTo(result.Value.Span);
        return result;
    }

    public static float[] Normal(SeededRandom random, int count, double scale = 1)
    {
        var result = new float[count];
        for (var i = 0; i < count; i++)
            result[i] = (float)(random.NextNormal() * scale);
        return result;
    }

    /// <summary>The same elements under another shape, which the tape knows by the same node.</summary>
    public static unsafe Tensor Reshaped(Graph graph, Tensor x, int rows, int columns, Func<Tensor, Tensor> apply) =>
        apply(new Tensor(x.Data, rows, columns, x.Node));

    /// <summary>The one value of a [1, 1].</summary>
    public static float Only(this Tensor t) => t.Span[0];
}
