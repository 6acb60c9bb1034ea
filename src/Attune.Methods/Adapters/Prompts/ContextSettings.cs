namespace Attune.Methods.Adapters;

/// <summary>What context-aware prompt tuning knows of its context.</summary>
/// <param name="Tokens">The context's tokens.</param>
/// <param name="Types">What each is: 0 nothing, else of the k-th row 4k + 1 the template before the text, + 2 the text, + 3 the template before the label, + 4 the label.</param>
/// <param name="Decay">Factor on a label's loss for each label behind it.</param>
/// <param name="Radius">How far a text's vector may move, for a width of 2048.</param>
/// <param name="FormatRadius">How far a template's vector may.</param>
internal sealed record ContextSettings(IReadOnlyList<int> Tokens, IReadOnlyList<int> Types, double Decay, double Radius, double FormatRadius)
{
    public bool IsLabel(int i) => Types[i] > 0 && Types[i] % 4 == 0;

    /// <summary>What the loss of a label in the context counts, where the query's counts 1.</summary>
    public double Weight(int i)
    {
        var behind = Types.Where((t, k) => IsLabel(k) && t > Types[i]).Distinct().Count();
        return Math.Pow(Decay, behind + 1);
    }

    /// <summary>How far the vector of a token may move.</summary>
    public double Bound(int i, int width) => (Types[i] > 0 ? Types[i] % 4 : 0) switch
    {
        1 or 3 => FormatRadius * Math.Sqrt(width / 2048.0),
        2 => Radius * Math.Sqrt(width / 2048.0),
        _ => 1e-10,
    };
}
