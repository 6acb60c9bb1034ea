namespace Attune.Tensors.Optimizers;

/// <summary>
/// L-BFGS (Liu and Nocedal 1989) in float64, in calls that each make a few iterations and go on where the last one ended; with or without a line search for the strong
/// Wolfe conditions (Nocedal and Wright 2006, algorithms 3.5 and 3.6). Stopping rules and counts are PyTorch's.
/// </summary>
public sealed class Lbfgs(LbfgsOptions options)
{
    private readonly List<(double[] Step, double[] Change, double Inverse)> pairs = [];
    private double[] direction = [];
    private double[] lastGradient = [];
    private double length;
    private double scale = 1;
    private int iterations;

    /// <summary>The value at <paramref name="x"/>; writes the gradient.</summary>
    public delegate double Objective(ReadOnlySpan<double> x, Span<double> gradient);

    /// <summary>Evaluations of the objective in all calls.</summary>
    public int Evaluations { get; private set; }

    /// <summary>Moves <paramref name="x"/> towards the minimum; returns the value where it began.</summary>
    public double Step(Objective objective, double[] x)
    {
        var most = options.Evaluations > 0 ? options.Evaluations : options.Iterations * 5 / 4;
        var gradient = new double[x.Length];
        var start = Evaluate(objective, x, gradient);
        var (value, before) = (start, Evaluations - 1);
        for (var i = 1; i <= options.Iterations && Largest(gradient) > options.GradientTolerance; i++)
        {
            var last = value;
            Turn(gradient);
            length = (iterations == 1 ? Math.Min(1, 1 / gradient.Sum(Math.Abs)) : 1) * options.Rate;
            var slope = Dot(gradient, direction);
            if (slope > -options.ChangeTolerance)
                break;
            if (options.Searches)
                (value, gradient) = Search(objective, x, value, gradient, slope);
            Move(x, x, length);
            if (i == options.Iterations)
                break;
            if (!options.Searches)
                value = Evaluate(objective, x, gradient);
            if (Evaluations - before >= most || Largest(gradient) <= options.GradientTolerance
                || Largest(direction) * Math.Abs(length) <= options.ChangeTolerance || Math.Abs(value - last) < options.ChangeTolerance)
                break;
        }
        return start;
    }

    /// <summary>The next direction, −H·gradient by the two-loop recursion.</summary>
    private void Turn(double[] gradient)
    {
        if (iterations++ > 0)
            Remember(gradient);
        lastGradient = (double[])gradient.Clone();
        var q = Array.ConvertAll(gradient, g => -g);
        var shares = new double[pairs.Count];
        for (var i = pairs.Count - 1; i >= 0; i--)
            AddTo(q, -(shares[i] = Dot(pairs[i].Step, q) * pairs[i].Inverse), pairs[i].Change);
        for (var i = 0; i < q.Length; i++)
            q[i] *= scale;
        for (var i = 0; i < pairs.Count; i++)
            AddTo(q, shares[i] - Dot(pairs[i].Change, q) * pairs[i].Inverse, pairs[i].Step);
        direction = q;
    }

    private void Remember(double[] gradient)
    {
        var change = gradient.Zip(lastGradient, (a, b) => a - b).ToArray();
        var step = Array.ConvertAll(direction, d => d * length);
        var product = Dot(change, step);
        if (product <= 1e-10)
            return;
        if (pairs.Count == options.History)
            pairs.RemoveAt(0);
        pairs.Add((step, change, 1 / product));
        scale = product / Dot(change, change);
    }

    private (double Value, double[] Gradient) Search(Objective objective, double[] x, double value, double[] gradient, double slope)
    {
        var at = new double[x.Length];
        var search = new WolfeSearch(t =>
        {
            Move(x, at, t);
            var g = new double[x.Length];
            var v = Evaluate(objective, at, g);
            return new WolfePoint(t, v, g, Dot(g, direction));
        }, options.ChangeTolerance);
        var found = search.Run(new WolfePoint(0, value, gradient, slope), length, Largest(direction));
        length = found.Length;
        return (found.Value, found.Gradient);
    }

    private double Evaluate(Objective objective, double[] x, double[] gradient)
    {
        Evaluations++;
        return objective(x, gradient);
    }

    /// <summary>to = from + t·direction.</summary>
    private void Move(double[] from, double[] to, double t)
    {
        for (var i = 0; i < to.Length; i++)
            to[i] = from[i] + t * direction[i];
    }

    private static void AddTo(double[] sum, double factor, double[] x)
    {
        for (var i = 0; i < sum.Length; i++)
            sum[i] += factor * x[i];
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static double Largest(double[] x) => x.Length == 0 ? 0 : x.Max(Math.Abs);
}
