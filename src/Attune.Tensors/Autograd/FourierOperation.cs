using System.Numerics;
using MathNet.Numerics.IntegralTransforms;

namespace Attune.Tensors.Autograd;

/// <summary>Discrete Fourier transforms of each row, unnormalised, in float64; complex numbers stand as pairs of columns, real part first.</summary>
public static class FourierOperation
{
    /// <summary>y_k = Σ_j x_j·e^(−2πi·jk/N) for k below N: [M, N] → [M, 2N].</summary>
    public static Tensor Fourier(this Graph graph, Tensor x) => Run(graph, x, x.Columns);

    /// <summary>The first ⌊N/2⌋ + 1 of these, which determine the others: [M, N] → [M, 2(⌊N/2⌋ + 1)].</summary>
    public static Tensor RealFourier(this Graph graph, Tensor x) => Run(graph, x, x.Columns / 2 + 1);

    /// <summary>The real rows of <paramref name="length"/> numbers whose <see cref="RealFourier"/> is x: [M, 2(⌊length/2⌋ + 1)] → [M, length]. Without gradients.</summary>
    public static Tensor InverseRealFourier(this Graph graph, Tensor x, int length)
    {
        Shapes.Columns("InverseRealFourier", "the input", x.Columns, 2 * (length / 2 + 1));
        var y = graph.Arena.Matrix(x.Rows, length);
        var row = new Complex[length];
        for (var r = 0; r < x.Rows; r++)
        {
            for (var k = 0; k < length; k++)
            {
                var mirrored = k > length / 2;
                var at = 2 * (mirrored ? length - k : k);
                // The middle of an even number of values, and the first, have no imaginary part.
                var imaginary = k == 0 || 2 * k == length ? 0 : x[r][at + 1];
                row[k] = new Complex(x[r][at], mirrored ? -imaginary : imaginary);
            }
            MathNet.Numerics.IntegralTransforms.Fourier.Inverse(row, FourierOptions.NoScaling);
            for (var j = 0; j < length; j++)
                y[r][j] = (float)(row[j].Real / length);
        }
        return y;
    }

    private static Tensor Run(Graph graph, Tensor x, int kept)
    {
        var y = graph.Arena.Matrix(x.Rows, 2 * kept);
        var row = new Complex[x.Columns];
        for (var r = 0; r < x.Rows; r++)
        {
            for (var j = 0; j < row.Length; j++)
                row[j] = x[r][j];
            MathNet.Numerics.IntegralTransforms.Fourier.Forward(row, FourierOptions.NoScaling);
            for (var k = 0; k < kept; k++)
                (y[r][2 * k], y[r][2 * k + 1]) = ((float)row[k].Real, (float)row[k].Imaginary);
        }
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y) = (x, y);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            // dx_j = Re Σ_k dy_k·e^(2πi·jk/N), dy_k the pair as a complex number.
            Tensor dy = graph.Upstream(Y), dx = graph.Gradient(X);
            var row = new Complex[X.Columns];
            for (var r = 0; r < X.Rows; r++)
            {
                for (var k = 0; k < row.Length; k++)
                    row[k] = 2 * k < dy.Columns ? new Complex(dy[r][2 * k], dy[r][2 * k + 1]) : default;
                MathNet.Numerics.IntegralTransforms.Fourier.Inverse(row, FourierOptions.NoScaling);
                for (var j = 0; j < row.Length; j++)
                    dx[r][j] += (float)row[j].Real;
            }
        }
    }
}
