namespace Attune.Reproductions;

/// <summary>Which ridge regression a learner is nearest to when its tasks are noisy (Akyürek et al. 2023, figure 2 and its table).</summary>
internal sealed class NoiseStudy(AlgorithmSizes sizes)
{
    /// <summary>[noise][λ]: MSPD/d by seed.</summary>
    private readonly List<double>[][] distances = [.. sizes.Noises.Select(_ => sizes.Lambdas.Select(_ => new List<double>()).ToArray())];

    public void Add(double noise, AlgorithmDistances learner)
    {
        var n = Array.IndexOf(sizes.Noises, noise);
        for (var l = 0; l < sizes.Lambdas.Length; l++)
            distances[n][l].Add(learner.UnderDetermined(new RidgeRegressor(sizes.Lambdas[l])));
    }

    public void Report(ReproductionContext context)
    {
        var (noises, lambdas) = (sizes.Noises, sizes.Lambdas);
        var values = new double[noises.Length, lambdas.Length];
        for (var n = 0; n < noises.Length; n++)
            for (var l = 0; l < lambdas.Length; l++)
                values[n, l] = distances[n][l].Average();
        context.Add(new HeatMap("MSPD/d of learners under noise to ridge regressions", "ridge λ", "noise σ²", [.. lambdas.Select(NumberText.Tick)], [.. noises.Select(NumberText.Tick)], values));
        Decide(context, [.. distances.Select(row => row.Select((v, l) => new Measured($"λ = {NumberText.Tick(lambdas[l])}", v)).ToArray())]);
    }

    private void Decide(ReproductionContext context, Measured[][] measured)
    {
        var (noises, lambdas) = (sizes.Noises, sizes.Lambdas);
        int[] own = [.. noises.Select(n => Array.IndexOf(lambdas, n))];
        var seen = string.Join("; ", noises.Select((noise, n) =>
            $"σ² = {NumberText.Tick(noise)}: nearest λ = {NumberText.Tick(lambdas[NearestReference.ByMean(measured[n])])}{(NearestReference.IsClear(measured[n], NearestReference.ByMean(measured[n])) ? "" : ", not clearly")}"));
        context.Decide(
            "noise", noises.Select((_, n) => NearestReference.IsClear(measured[n], own[n])).All(c => c), seen + ".",
            [.. noises.SelectMany((noise, n) => NearestReference.Farther(measured[n], own[n]).Select(f => f with { Name = $"σ² = {NumberText.Tick(noise)}, {f.Name}" }))]);
    }
}
