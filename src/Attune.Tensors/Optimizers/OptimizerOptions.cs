namespace Attune.Tensors.Optimizers;

/// <summary>What every optimizer knows. The rate is not here: it comes with each step, so schedules need no optimizer.</summary>
public abstract record OptimizerOptions
{
    /// <summary>λ; each optimizer says whether it is added to the gradient or shrinks the parameter.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Climb instead of descend: the gradient's sign is turned first.</summary>
    public bool Maximize { get; init; }

    /// <exception cref="AttuneException">An option is outside its range.</exception>
    internal virtual void Check() => Require(WeightDecay >= 0, "weight decay", WeightDecay, "0 or more");

    private protected static void Require(bool holds, string what, double value, string expected)
    {
        if (!holds)
            throw new AttuneException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the optimizer's {what} is {value}; it must be {expected}"));
    }

    private protected static void RequireDecay(double value, string what) => Require(value is >= 0 and < 1, what, value, "at least 0 and below 1");
}
