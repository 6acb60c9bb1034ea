using Attune.Models.Architectures;

namespace Attune.Methods.Adapters;

/// <summary>Where the coefficients of a spectrum stand: drawn from the configuration's seed, the same for all maps of a shape.</summary>
internal sealed class SpectrumPlaces(AdapterReader reader)
{
    private readonly int count = reader.Positive("n_frequency");
    private readonly int seed = reader.Integer("random_loc_seed");
    private readonly Dictionary<(int Outputs, int Inputs, int Count), (int Row, int Column)[]> known = [];

    /// <summary>How many a map has.</summary>
    /// <exception cref="Attune.Tensors.AttuneException">More than it has entries.</exception>
    public int Count(AdapterTarget target)
    {
        var w = target.Linear!;
        var n = reader.Pattern("n_frequency_pattern", target, count);
        if (n < 1 || n > (long)w.Outputs * w.Inputs || (long)w.Outputs * w.Inputs >= TorchPermutation.MostElements)
            throw reader.Refused(FormattableString.Invariant($"has {n} frequencies for '{target.Name}' [{w.Outputs}, {w.Inputs}]; they must be at least 1 and no more than its entries, of which there may be {TorchPermutation.MostElements}"));
        return (int)n;
    }

    /// <summary>The places of a map's coefficients, in their order.</summary>
    public (int Row, int Column)[] Of(AdapterTarget target)
    {
        var (w, n) = (target.Linear!, Count(target));
        if (!known.TryGetValue((w.Outputs, w.Inputs, n), out var places))
            known[(w.Outputs, w.Inputs, n)] = places = [.. TorchPermutation.First(seed, w.Outputs * w.Inputs, n).Select(p => (p / w.Inputs, p % w.Inputs))];
        return places;
    }

    /// <summary>Begins an adapter of spectra: the configuration, and a spectrum of zeros for each map.</summary>
    /// <param name="most">Coefficients for each map; at most half as many as the smallest map has entries.</param>
    public static void Begin(AdapterStart start, string name, int most, double scaling)
    {
        var n = Math.Max(1, (int)Math.Min(most, start.Linears.Min(l => (long)l.Outputs * l.Inputs) / 2));
        var c = start.Configuration;
        (c["n_frequency"], c["scaling"], c["init_weights"], c["bias"]) = (n, scaling, true, "none");
        c["random_loc_seed"] = start.Context.Random(name).Next(int.MaxValue);
        foreach (var w in start.Linears)
            start.Fill(AdapterStart.NameOf(w, name + "_spectrum"), 0, n);
    }
}
