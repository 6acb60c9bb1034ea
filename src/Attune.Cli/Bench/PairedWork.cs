namespace Attune.Cli.Bench;

/// <summary>A work done by us and by a peer in turns.</summary>
/// <param name="Ours">Our seconds, one for each pair.</param>
/// <param name="Theirs">The peer's, for the same units.</param>
internal sealed record PairedWork(string Name, string Title, string Unit, double Units, IReadOnlyList<double> Ours, IReadOnlyList<double> Theirs)
{
    /// <summary>Why there is nothing to compare.</summary>
    public string? Missing { get; init; }

    public double OurRate => Units / Medians.Of(Ours);

    public double TheirRate => Units / Medians.Of(Theirs);

    /// <summary>How many times as fast we are: the ratio of the medians.</summary>
    public double Ratio => OurRate / TheirRate;

    /// <summary>The least ratio of a pair.</summary>
    public double LeastRatio => Ratios.DefaultIfEmpty(double.NaN).Min();

    /// <summary>The largest ratio of a pair.</summary>
    public double LargestRatio => Ratios.DefaultIfEmpty(double.NaN).Max();

    private IEnumerable<double> Ratios => Ours.Zip(Theirs, (our, their) => their / our);
}
