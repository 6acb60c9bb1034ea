namespace Attune.Reproductions;

/// <summary>The weights of one block of a <see cref="HandTransformer"/>; a matrix is [rows][columns].</summary>
internal sealed class HandBlock(int width)
{
    public List<HandHead> Heads { get; } = [];

    /// <summary>Hidden units of the feed-forward layer.</summary>
    public List<HandUnit> Units { get; } = [];

    /// <summary>Bias of the feed-forward layer's output.</summary>
    public double[] Bias { get; } = new double[width];
}
