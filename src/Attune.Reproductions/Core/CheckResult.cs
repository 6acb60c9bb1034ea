namespace Attune.Reproductions;

/// <summary>Something that must hold at any scale, such as an identity of the paper.</summary>
/// <param name="Error">How far it was missed.</param>
/// <param name="Bound">How far it may be missed.</param>
public sealed record CheckResult(string Name, double Error, double Bound)
{
    /// <summary>False too where the error is not a number.</summary>
    public bool Holds => Error <= Bound;
}
