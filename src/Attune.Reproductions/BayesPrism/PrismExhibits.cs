using System.Globalization;

namespace Attune.Reproductions.BayesPrism;

/// <summary>The tables and figures of a run; outcomes come as [family][seed].</summary>
internal static class PrismExhibits
{
    public static void Add(ReproductionContext context, PrismOutcome[][] outcomes)
    {
        context.Add(Gaps(outcomes));
        context.Add(new Figure("Gap to the exact Bayes predictor", "examples", "(error − Bayes)/Var(y)",
            [.. outcomes.Select(seeds => Curve.Of(seeds[0].Task.Family.Name, [.. seeds.Select(s => s.Gaps)], first: 0))]));
        foreach (var claim in outcomes.GroupBy(o => o[0].Task.Claim))
            context.Add(new Figure($"Error by examples: {claim.Key}", "examples", "squared error without the noise",
                [.. claim.SelectMany(seeds => new[]
                {
                    Curve.Of($"{seeds[0].Task.Family.Name}: learner", [.. seeds.Select(s => s.Learner)], first: 0),
                    Curve.Of($"{seeds[0].Task.Family.Name}: Bayes", [.. seeds.Select(s => s.Bayes)], first: 0),
                })]));
        AddSpectra(context, [.. outcomes.Where(o => o[0].Spectra.Length > 0)]);
        if (outcomes.Where(o => o[0].Cosines.Length > 0).ToArray() is { Length: > 0 } linear)
            context.Add(new Figure("Weights that predictions imply", "examples", "cosine with those of Bayes",
                [.. linear.Select(seeds => Curve.Of(seeds[0].Task.Family.Name, [.. seeds.Select(s => s.Cosines)], first: 1))]));
    }

    private static ResultTable Gaps(PrismOutcome[][] outcomes) =>
        new("Learners against exact Bayes predictors", ["family", "claim", "gap", "worst position", "gap of predicting 0", "share of Bayes's gain"],
            [.. outcomes.Select(seeds => (IReadOnlyList<string>)
            [
                seeds[0].Task.Family.Name, seeds[0].Task.Claim, Text(seeds.Average(s => s.Gap), "0.0%"), Text(seeds.Average(s => s.Gaps.Max()), "0.0%"),
                Text(seeds.Average(s => s.ZeroGap), "0.0%"), Text(seeds.Average(s => s.GainShare), "0.0%"),
            ])]);

    private static void AddSpectra(ReproductionContext context, PrismOutcome[][] fourier)
    {
        for (var shot = 0; shot < PrismPlan.Shots.Length; shot++)
        {
            var at = shot;
            context.Add(new Figure(string.Create(CultureInfo.InvariantCulture, $"Frequencies of predictions after {PrismPlan.Shots[at]} points of the same functions"), "frequency", "energy a² + b²",
                [.. fourier.SelectMany(seeds => new[]
                {
                    Curve.Of($"{seeds[0].Task.Family.Name}: learner", [.. seeds.Select(s => s.Spectra[at])], first: 1),
                    Curve.Of($"{seeds[0].Task.Family.Name}: Bayes", [.. seeds.Select(s => s.BayesSpectra[at])], first: 1),
                })]));
        }
        context.Add(new ResultTable("Mean frequency of predictions, Σ n·E_n/ΣE_n", ["training mix", .. PrismPlan.Shots.SelectMany(s => new[] { Column("learner", s), Column("Bayes", s) })],
            [.. fourier.Select(seeds => (IReadOnlyList<string>)
            [
                seeds[0].Task.Family.Name,
                .. Enumerable.Range(0, PrismPlan.Shots.Length).SelectMany(at => new[]
                {
                    Text(seeds.Average(s => FrequencyProbe.MeanFrequency(s.Spectra[at])), "0.000"), Text(seeds.Average(s => FrequencyProbe.MeanFrequency(s.BayesSpectra[at])), "0.000"),
                }),
            ])]));
    }

    private static string Column(string who, int shots) => string.Create(CultureInfo.InvariantCulture, $"{who}, {shots} points");

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
