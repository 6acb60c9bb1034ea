namespace Attune.Reproductions.BayesPrism;

/// <summary>A family and the claim that its learner's gap belongs to.</summary>
internal sealed record PrismTask(string Claim, FunctionFamily Family)
{
    /// <summary>The claims of which each is about the gaps of some families.</summary>
    public static readonly string[] Claims = [Linear, Nonlinear, Mixture, Fourier];

    public const string Linear = "linear", Nonlinear = "non-linear", Mixture = "mixture", Fourier = "fourier";

    /// <summary>For settings.</summary>
    public override string ToString() => FormattableString.Invariant($"{Family.Name} ({Claim}, {Family.Inputs} inputs, {Family.Features} features)");

    /// <summary>The families of small runs, and at <paramref name="full"/> those besides that need longer training.</summary>
    public static IReadOnlyList<PrismTask> All(int inputs, bool full)
    {
        const double noise = PrismPlan.Noise;
        const int most = PrismPlan.Frequencies;
        List<PrismTask> tasks =
        [
            // The longest first: runs are shared out in this order.
            new(Fourier, FunctionFamilies.FourierEven(most, noise)), new(Fourier, FunctionFamilies.FourierLow(most, noise)), new(Fourier, FunctionFamilies.FourierHigh(most, noise)),
            new(Linear, FunctionFamilies.Dense(inputs, noise)), new(Nonlinear, FunctionFamilies.Haar(2, noise)),
            new(Mixture, FunctionFamilies.TwoCentres(inputs, noise)), new(Mixture, FunctionFamilies.DenseOrSigns(inputs, noise)),
        ];
        if (full)
            tasks.AddRange([new(Linear, FunctionFamilies.Sparse(inputs, 2, noise)), new(Linear, FunctionFamilies.Signs(inputs, noise)), new(Nonlinear, FunctionFamilies.Monomials(inputs, inputs, 1, noise))]);
        return tasks;
    }
}
