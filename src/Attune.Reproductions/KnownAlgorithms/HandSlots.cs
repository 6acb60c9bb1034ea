namespace Attune.Reproductions;

/// <summary>Where a hand-built regressor keeps what in the stream: the first slot of each.</summary>
/// <param name="Input">x, in tokens of x.</param>
/// <param name="Label">y, in tokens of y.</param>
/// <param name="Pair">The x that belongs to a token of y.</param>
/// <param name="Weights">w, which is read out.</param>
/// <param name="State">What goes from pair to pair.</param>
/// <param name="Work">What a step needs for itself.</param>
internal sealed record HandSlots(int Dimensions, int Input, int Label, int Pair, int Weights, int State, int Work)
{
    /// <summary>1 in tokens of y.</summary>
    public int IsLabel => Label + 1;
}
