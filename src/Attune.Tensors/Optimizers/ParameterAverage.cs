namespace Attune.Tensors.Optimizers;

/// <summary>
/// A running average of a parameter's values over the steps of a training, in float64: exponential, a ← d·a + (1 − d)·x from the first value on (Polyak and Juditsky 1992
/// in the form in use), or the mean of all (Izmailov et al. 2018).
/// </summary>
public sealed class ParameterAverage
{
    private readonly double? decay;
    private readonly double[] average;
    private readonly double[] fromZero;

    /// <param name="count">Values of the parameter.</param>
    /// <param name="decay">What of the average is kept in each step, at least 0 and below 1; without it the mean of all.</param>
    public ParameterAverage(int count, double? decay = null)
    {
        if (decay is < 0 or >= 1 or double.NaN)
            throw new AttuneException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the average's decay is {decay}; it must be at least 0 and below 1"));
        this.decay = decay;
        average = new double[count];
        fromZero = new double[decay is null ? 0 : count];
    }

    /// <summary>Values seen.</summary>
    public int Steps { get; private set; }

    public void Add(ReadOnlySpan<float> values)
    {
        if (values.Length != average.Length)
            throw new ArgumentException($"ParameterAverage: {values.Length} values, expected {average.Length}");
        Steps++;
        var kept = Steps == 1 ? 0 : decay ?? 1 - 1.0 / Steps;
        for (var i = 0; i < values.Length; i++)
            average[i] = kept * average[i] + (1 - kept) * values[i];
        for (var i = 0; i < fromZero.Length; i++)
            fromZero[i] = decay!.Value * fromZero[i] + (1 - decay.Value) * values[i];
    }

    /// <summary>The average so far.</summary>
    public void CopyTo(Span<float> values) => Copy(average, 1, values);

    /// <summary>The exponential average from zero, divided by 1 − dᵗ, as Adam corrects its means; the mean needs no correction.</summary>
    public void CopyCorrectedTo(Span<float> values)
    {
        if (decay is { } d)
            Copy(fromZero, 1 / (1 - Math.Pow(d, Steps)), values);
        else
            CopyTo(values);
    }

    private void Copy(double[] from, double factor, Span<float> values)
    {
        if (Steps == 0)
            throw new InvalidOperationException("ParameterAverage: nothing has been added");
        for (var i = 0; i < from.Length; i++)
            values[i] = (float)(from[i] * factor);
    }
}
