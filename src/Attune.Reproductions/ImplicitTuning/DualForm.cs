using Attune.Tensors;

namespace Attune.Reproductions.ImplicitTuning;

/// <summary>
/// The dual form of linear attention and gradient descent (arXiv 2212.10559, §3.1 and 3.3), in float64 and float32. Attention is linear: no softmax, no 1/√d, one head.
/// </summary>
internal static class DualForm
{
    /// <summary>Σᵢ vᵢ·(kᵢ·q): [values] for keys [n][d], values [n][values].</summary>
    public static double[] LinearAttention(IReadOnlyList<double[]> values, IReadOnlyList<double[]> keys, double[] query)
    {
        var result = new double[values[0].Length];
        for (var i = 0; i < keys.Count; i++)
        {
            var weight = Dot(keys[i], query);
            for (var o = 0; o < result.Length; o++)
                result[o] += weight * values[i][o];
        }
        return result;
    }

    /// <summary>Σᵢ vᵢ ⊗ kᵢ, a matrix [values][d].</summary>
    public static double[][] Update(IReadOnlyList<double[]> values, IReadOnlyList<double[]> keys)
    {
        var result = values[0].Select(_ => new double[keys[0].Length]).ToArray();
        for (var i = 0; i < keys.Count; i++)
            for (var o = 0; o < result.Length; o++)
                for (var d = 0; d < result[o].Length; d++)
                    result[o][d] += values[i][o] * keys[i][d];
        return result;
    }

    public static double[] Apply(double[][] matrix, double[] x) => Array.ConvertAll(matrix, row => Dot(row, x));

    /// <summary>
    /// Attention over demonstrations X′ and query tokens X against (W_ZSL + ΔW_ICL)·q with W_ZSL = Σ over X, ΔW_ICL = Σ over X′ of (W_V x) ⊗ (W_K x): largest relative
    /// distance of an entry, over random maps and tokens.
    /// </summary>
    public static double AttentionError(SeededRandom random, int demonstrations, int tokens, int width, int head)
    {
        var (keyMap, valueMap) = (Matrix(random, head, width), Matrix(random, head, width));
        var (demos, own) = (Vectors(random, demonstrations, width), Vectors(random, tokens, width));
        var query = Apply(Matrix(random, head, width), own[^1]);
        List<double[]> Map(double[][] map, IEnumerable<double[]> x) => [.. x.Select(v => Apply(map, v))];
        var whole = LinearAttention(Map(valueMap, demos.Concat(own)), Map(keyMap, demos.Concat(own)), query);
        var (zero, change) = (Update(Map(valueMap, own), Map(keyMap, own)), Update(Map(valueMap, demos), Map(keyMap, demos)));
        double[] parts = [.. Apply(zero, query).Zip(Apply(change, query), (a, b) => a + b)];
        return Relative(whole, parts);
    }

    /// <summary>The same with every number and every sum rounded to float32.</summary>
    public static double SingleError(SeededRandom random, int demonstrations, int tokens, int width)
    {
        var (values, keys) = (Vectors(random, demonstrations + tokens, width), Vectors(random, demonstrations + tokens, width));
        var query = Vectors(random, 1, width)[0];
        var (whole, parts) = (new double[width], new double[width]);
        for (var o = 0; o < width; o++)
        {
            var (sum, rows) = (0f, new float[2, width]);
            for (var i = 0; i < keys.Count; i++)
            {
                var weight = 0f;
                for (var d = 0; d < width; d++)
                {
                    weight += (float)keys[i][d] * (float)query[d];
                    rows[i < demonstrations ? 1 : 0, d] += (float)values[i][o] * (float)keys[i][d];
                }
                sum += weight * (float)values[i][o];
            }
            whole[o] = sum;
            for (var d = 0; d < width; d++)
                parts[o] += (rows[0, d] + rows[1, d]) * (float)query[d];
        }
        return Relative(whole, parts);
    }

    /// <summary>
    /// A linear layer after steps of gradient descent on ½‖Wx − y‖², one example a step, against W₀x + LinearAttn(E, X′, x) with eᵢ = −γ·(output gradient at its own step).
    /// </summary>
    public static double DescentError(SeededRandom random, int steps, int width, int outputs, double rate)
    {
        var start = Matrix(random, outputs, width);
        var (inputs, targets) = (Vectors(random, steps, width), Vectors(random, steps, outputs));
        var (current, errors) = Descend(start, inputs, targets, rate);
        var x = Vectors(random, 1, width)[0];
        double[] dual = [.. Apply(start, x).Zip(LinearAttention(errors, inputs, x), (a, b) => a + b)];
        return Relative(Apply(current, x), dual);
    }

    /// <summary>The layer behind the steps, and eᵢ of each.</summary>
    public static (double[][] Layer, List<double[]> Errors) Descend(double[][] start, IReadOnlyList<double[]> inputs, IReadOnlyList<double[]> targets, double rate)
    {
        var current = start.Select(r => (double[])r.Clone()).ToArray();
        var errors = new List<double[]>();
        for (var i = 0; i < inputs.Count; i++)
        {
            var error = Apply(current, inputs[i]).Zip(targets[i], (o, t) => -rate * (o - t)).ToArray();
            errors.Add(error);
            for (var o = 0; o < current.Length; o++)
                for (var d = 0; d < inputs[i].Length; d++)
                    current[o][d] += error[o] * inputs[i][d];
        }
        return (current, errors);
    }

    /// <summary>Largest |a − b| over the largest |a|.</summary>
    public static double Relative(double[] a, double[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max() / a.Max(Math.Abs);

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static double[][] Matrix(SeededRandom random, int rows, int columns) => [.. Vectors(random, rows, columns).Select(v => Array.ConvertAll(v, e => e / Math.Sqrt(columns)))];

    private static List<double[]> Vectors(SeededRandom random, int count, int width) =>
        [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, width).Select(_ => random.NextNormal()).ToArray())];
}
