namespace Attune.Tensors.Optimizers;

/// <summary>
/// Adafactor (Shazeer and Stern 2018): of the running mean of squared gradients of a matrix only the means of its rows R and of its columns C are kept,
/// v̂ = R·Cᵀ/mean(R), and u = g/√v̂ is scaled down where its root mean square is above d; a matrix of one row keeps all of v. Sums are in float64, in order.
/// </summary>
public sealed unsafe class Adafactor(AdafactorOptions options) : Optimizer(options)
{
    private readonly AdafactorOptions options = options;
    private double[] update = [];

    public Adafactor()
        : this(new AdafactorOptions())
    {
    }

    private protected override IEnumerable<StatePart> Parts(int rows, int columns) =>
        [.. rows > 1 ? new StatePart[] { new("rows", rows), new("columns", columns) } : [new("second", columns)], .. options.Beta1 > 0 ? new StatePart[] { new("first", rows * columns) } : []];

    private protected override void Update(OptimizerSlot slot, float* parameter, float* gradient, double rate)
    {
        if (update.Length < slot.Count)
            update = new double[slot.Count];
        var floored = options.Form == AdafactorForm.Floored;
        var (size, share) = (RootMeanSquare(parameter, slot.Count), Math.Pow(slot.Steps, options.DecayPower));
        var step = RateOf(slot, size, rate);
        if (slot.Rows > 1)
            Factored(slot, gradient, share);
        else
            Whole(slot, gradient, share);
        var sum = 0.0;
        for (var i = 0; i < slot.Count; i++)
            sum += update[i] * update[i];
        var scale = step / Math.Max(1, Math.Sqrt(sum / slot.Count) / options.ClipThreshold);
        var kept = 1 - DecayOf(slot) * (floored ? rate : step);
        var first = options.Beta1 > 0 && !floored ? slot.Part(slot.Parts.Count - 1) : null;
        for (var i = 0; i < slot.Count; i++)
        {
            var u = update[i] * scale;
            if (first is not null)
                u = first[i] = (float)(options.Beta1 * first[i] + (1 - options.Beta1) * u);
            parameter[i] = (float)(kept * parameter[i] - u);
        }
    }

    private double RateOf(OptimizerSlot slot, double size, double rate)
    {
        var falling = 1 / Math.Sqrt(slot.Steps);
        if (options.Form == AdafactorForm.Floored)
            return Math.Max(options.LeastSize, size) * Math.Min(rate, falling);
        if (options.RelativeRate)
            rate = Math.Min(options.WarmsUp ? 1e-6 * slot.Steps : 1e-2, falling);
        return options.ScalesBySize ? Math.Max(options.LeastSize, size) * rate : rate;
    }

    private void Factored(OptimizerSlot slot, float* gradient, double share)
    {
        float* rows = slot.Part(0), columns = slot.Part(1);
        var added = options.Form == AdafactorForm.Added ? options.SquareEpsilon : 0;
        var mean = 0.0;
        for (var r = 0; r < slot.Rows; r++)
        {
            var sum = 0.0;
            for (var c = 0; c < slot.Columns; c++)
                sum += Square(gradient[(long)r * slot.Columns + c]) + added;
            rows[r] = (float)(rows[r] + share * (sum / slot.Columns - rows[r]));
            mean += rows[r];
        }
        mean /= slot.Rows;
        for (var c = 0; c < slot.Columns; c++)
        {
            var sum = 0.0;
            for (var r = 0; r < slot.Rows; r++)
                sum += Square(gradient[(long)r * slot.Columns + c]) + added;
            columns[c] = (float)(columns[c] + share * (sum / slot.Rows - columns[c]));
        }
        if (added == 0)
            mean = Math.Max(mean, options.SquareEpsilon);
        for (var i = 0; i < slot.Count; i++)
            update[i] = Divided(gradient[i], rows[i / slot.Columns] / mean * columns[i % slot.Columns]);
    }

    private void Whole(OptimizerSlot slot, float* gradient, double share)
    {
        var second = slot.Part(0);
        var added = options.Form == AdafactorForm.Added ? options.SquareEpsilon : 0;
        for (var i = 0; i < slot.Count; i++)
        {
            second[i] = (float)(second[i] + share * (Square(gradient[i]) + added - second[i]));
            update[i] = Divided(gradient[i], second[i]);
        }
    }

    /// <summary>g/√v.</summary>
    private double Divided(float gradient, double v)
    {
        if (options.Form == AdafactorForm.Floored)
            v = Math.Max(v, options.SquareEpsilon * options.SquareEpsilon);
        return Sign * gradient / Math.Sqrt(v);
    }

    private static double Square(double x) => x * x;

    private static double RootMeanSquare(float* x, int count)
    {
        var sum = 0.0;
        for (var i = 0; i < count; i++)
            sum += (double)x[i] * x[i];
        return Math.Sqrt(sum / count);
    }
}
