using Attune.Tensors;

namespace Attune.Cli.Bench;

/// <summary>Ours and a peer's runs in turns, theirs first: A B A B. What slows the machine for a while slows both.</summary>
internal static class Alternation
{
    /// <param name="ours">Seconds of one run of ours.</param>
    /// <param name="theirs">Seconds of one run of the peer's.</param>
    /// <returns>Seconds of each, pair by pair.</returns>
    public static (IReadOnlyList<double> Ours, IReadOnlyList<double> Theirs) Run(int pairs, Func<double> ours, Func<double> theirs, Action<int>? beforePair = null)
    {
        var (our, their) = (new List<double>(), new List<double>());
        for (var i = 0; i < pairs; i++)
        {
            beforePair?.Invoke(i);
            their.Add(theirs());
            our.Add(ours());
        }
        return (our, their);
    }

    /// <summary>One work beside a peer; what fails says why and ends this work alone.</summary>
    public static PairedWork Run(BenchWork work, IPeer peer, BenchRunner runner, int pairs, Action<int>? beforePair, CancellationToken cancel)
    {
        var paired = new PairedWork(work.Name, work.Title, work.Unit, work.Units, [], []);
        try
        {
            var (ours, theirs) = Run(pairs, () => runner.Once(work), () => peer.Run(work.Name, cancel), beforePair);
            return paired with { Ours = ours, Theirs = theirs };
        }
        catch (AttuneException e)
        {
            return paired with { Missing = e.Message };
        }
    }
}
