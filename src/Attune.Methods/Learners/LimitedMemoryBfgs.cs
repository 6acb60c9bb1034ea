using Attune.Methods.Retrieval;

namespace Attune.Methods.Learners;

/// <summary>
/// Minimises a smooth function by L-BFGS (Nocedal 1980) in float64, with a line search by bisection for the weak Wolfe conditions
/// (Lewis and Overton 2013). Stops where no entry of the gradient exceeds the tolerance, or no step lowers the value any more.
/// </summary>
internal sealed class LimitedMemoryBfgs(LimitedMemoryBfgs.Objective objective, int memory = 10)
{
    private const double Armijo = 1e-4;
    private const double Curvature = 0.9;

    private readonly LinkedList<(double[] Step, double[] Change, double Product)> pairs = new();

    /// <summary>The value at <paramref name="x"/>; writes the gradient.</summary>
    public delegate double Objective(ReadOnlySpan<double> x, Span<double> gradient);

    /// <summary>Moves <paramref name="x"/> to the minimum.</summary>
    /// <returns>Iterations made.</returns>
    public int Minimise(double[] x, double tolerance, int mostIterations, CancellationToken cancel = default)
    {
        var gradient = new double[x.Length];
        var (next, nextGradient) = (new double[x.Length], new double[x.Length]);
        var value = objective(x, gradient);
        for (var iteration = 0; iteration < mostIterations; iteration++)
        {
            cancel.ThrowIfCancellationRequested();
            if (Largest(gradient) <= tolerance)
                return iteration;
            var direction = Direction(gradient);
            var first = pairs.Count == 0 ? 1 / Math.Max(1, VectorMeasures.Length(gradient)) : 1;
            var found = Search(x, value, gradient, direction, first, next, nextGradient);
            if (found is not { } lower)
            {
                // Rounding has spoilt the curvature pairs: begin again with the gradient, and end if that does not help either.
                if (pairs.Count == 0)
                    return iteration;
                pairs.Clear();
                continue;
            }
            Remember(x, gradient, next, nextGradient);
            next.CopyTo(x, 0);
            nextGradient.CopyTo(gradient, 0);
            value = lower;
        }
        return mostIterations;
    }

    private double? Search(double[] x, double value, double[] gradient, double[] direction, double step, double[] next, double[] nextGradient)
    {
        var slope = VectorMeasures.Dot(gradient, direction);
        var (low, high) = (0.0, double.PositiveInfinity);
        for (var tries = 0; tries < 60; tries++)
        {
            for (var i = 0; i < x.Length; i++)
                next[i] = x[i] + step * direction[i];
            var reached = objective(next, nextGradient);
            if (!(reached <= value + Armijo * step * slope))
                high = step;
            else if (VectorMeasures.Dot(nextGradient, direction) < Curvature * slope)
                low = step;
            else
                return reached;
            step = double.IsPositiveInfinity(high) ? 2 * step : (low + high) / 2;
        }
        return null;
    }

    /// <summary>−H·gradient by the two-loop recursion.</summary>
    private double[] Direction(double[] gradient)
    {
        var q = (double[])gradient.Clone();
        var shares = new Stack<double>();
        for (var node = pairs.Last; node is not null; node = node.Previous)
        {
            var share = VectorMeasures.Dot(node.Value.Step, q) / node.Value.Product;
            shares.Push(share);
            AddTo(q, -share, node.Value.Change);
        }
        var scale = pairs.Last is { } last ? last.Value.Product / VectorMeasures.Dot(last.Value.Change, last.Value.Change) : 1;
        for (var i = 0; i < q.Length; i++)
            q[i] *= -scale;
        for (var node = pairs.First; node is not null; node = node.Next)
            AddTo(q, -shares.Pop() - VectorMeasures.Dot(node.Value.Change, q) / node.Value.Product, node.Value.Step);
        return q;
    }

    private void Remember(double[] x, double[] gradient, double[] next, double[] nextGradient)
    {
        var step = next.Zip(x, (a, b) => a - b).ToArray();
        var change = nextGradient.Zip(gradient, (a, b) => a - b).ToArray();
        var product = VectorMeasures.Dot(step, change);
        if (product <= 0)
            return;
        if (pairs.Count == memory)
            pairs.RemoveFirst();
        pairs.AddLast((step, change, product));
    }

    private static void AddTo(double[] sum, double factor, double[] x)
    {
        for (var i = 0; i < sum.Length; i++)
            sum[i] += factor * x[i];
    }

    private static double Largest(double[] x) => x.Length == 0 ? 0 : x.Max(Math.Abs);
}
