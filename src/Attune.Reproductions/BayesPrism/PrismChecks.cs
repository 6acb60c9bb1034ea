using Attune.Tensors;

namespace Attune.Reproductions.BayesPrism;

/// <summary>What must hold of the exact predictors at any scale; each returns an error.</summary>
internal static class PrismChecks
{
    public static void Add(ReproductionContext context)
    {
        var random = context.Random(0, "checks");
        context.Check("dense prediction is ridge regression with the ratio of variances", Ridge(random), 1e-9);
        context.Check("a mixture with all weight on one component predicts as it does", OneComponent(random), 1e-12);
        context.Check("evidence weights sum to 1", WeightSum(random), 1e-12);
        context.Check("evidence weight missing at the true component after 400 points", MissedComponent(random), 0.05);
        context.Check("two centres predict 0 before any point", BeforeAnyPoint(random), 1e-15);
        context.Check("the probe of frequencies returns a series' own coefficients", Probe(random), 1e-12);
    }

    internal static double Ridge(SeededRandom random)
    {
        const int inputs = 4, shots = 6;
        var family = FunctionFamilies.Dense(inputs, PrismPlan.Noise);
        var episode = family.Draw(shots + 1, random);
        var weights = new RidgeRegressor(PrismPlan.Noise * inputs).Weights(episode.Inputs.AsSpan(0, shots * inputs), episode.Noisy.AsSpan(0, shots), inputs);
        return Math.Abs(family.Value(weights, episode.Input(shots)) - BayesPredictor.Along(family, episode)[shots]);
    }

    internal static double OneComponent(SeededRandom random)
    {
        var mixture = FunctionFamilies.DenseOrSigns(3, PrismPlan.Noise);
        var certain = mixture with { Components = [.. mixture.Components.Select((c, i) => c with { Weight = i == 0 ? 1 : 0 })] };
        var episode = mixture.Draw(8, random);
        return BayesPredictor.Along(FunctionFamilies.Dense(3, PrismPlan.Noise), episode).Zip(BayesPredictor.Along(certain, episode), (a, b) => Math.Abs(a - b)).Max();
    }

    internal static double WeightSum(SeededRandom random) => Math.Abs(WeightsAfter(FunctionFamilies.DenseOrSigns(3, PrismPlan.Noise), 20, random).Weights.Sum() - 1);

    /// <summary>1 − the mean posterior weight of the component that a function came from.</summary>
    internal static double MissedComponent(SeededRandom random) =>
        1 - Enumerable.Range(0, 20).Average(_ => WeightsAfter(FunctionFamilies.TwoCentres(3, PrismPlan.Noise), 400, random) is var (weights, truth) ? weights[truth] : 0);

    internal static double BeforeAnyPoint(SeededRandom random)
    {
        var family = FunctionFamilies.TwoCentres(3, PrismPlan.Noise);
        return Math.Abs(new BayesPredictor(family).Predict(family.Draw(1, random).Input(0)));
    }

    internal static double Probe(SeededRandom random)
    {
        var family = FunctionFamilies.FourierEven(5, PrismPlan.Noise);
        var weights = family.Draw(1, random).Weights;
        double[] values = [.. FrequencyProbe.Grid(16, FunctionFamilies.HalfPeriod).Select(x => family.Value(weights, [x]))];
        return FrequencyProbe.Coefficients(values, 5).Zip(weights, (a, b) => Math.Abs(a - b)).Max();
    }

    private static (double[] Weights, int Truth) WeightsAfter(FunctionFamily family, int points, SeededRandom random)
    {
        var (episode, predictor) = (family.Draw(points, random), new BayesPredictor(family));
        for (var i = 0; i < points; i++)
            predictor.Observe(episode.Input(i), episode.Noisy[i]);
        return (predictor.Weights(), episode.Component);
    }
}
