namespace Attune.Training.Pretraining;

/// <summary>All that a mixture remembers.</summary>
/// <param name="Documents">Documents drawn from each source.</param>
/// <param name="Tokens">Tokens drawn from each.</param>
/// <param name="Owed">Tokens that each is owed by its weight.</param>
public sealed record MixtureState(long[] Documents, long[] Tokens, double[] Owed)
{
    public static MixtureState Start(int sources) => new(new long[sources], new long[sources], new double[sources]);

    public MixtureState Copy() => new([.. Documents], [.. Tokens], [.. Owed]);
}
