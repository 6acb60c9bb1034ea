namespace Attune.Reproductions;

/// <summary>A weighted sum of numbers of the stream.</summary>
internal sealed record LinearForm(params (int Slot, double Weight)[] Terms)
{
    public static implicit operator LinearForm(int slot) => new((slot, 1));
}
