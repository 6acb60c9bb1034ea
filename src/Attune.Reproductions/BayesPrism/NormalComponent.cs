namespace Attune.Reproductions.BayesPrism;

/// <summary>One part of a prior over weights: w ~ N(Mean, diag(Variance)) with probability Weight. A variance of 0 fixes that weight.</summary>
internal sealed record NormalComponent(double Weight, double[] Mean, double[] Variance)
{
    /// <summary>Independent weights around 0.</summary>
    public static NormalComponent Centred(double weight, IEnumerable<double> variance)
    {
        var v = variance.ToArray();
        return new NormalComponent(weight, new double[v.Length], v);
    }
}
