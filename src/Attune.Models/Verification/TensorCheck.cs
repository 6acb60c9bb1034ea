namespace Attune.Models.Verification;

/// <summary>A tensor of a golden and what the model computes for it.</summary>
/// <param name="Name">Its name in the golden.</param>
/// <param name="Error">The largest difference; for tokens how many differ.</param>
/// <param name="Tolerance">The largest that rounding explains.</param>
public sealed record TensorCheck(string Name, double Error, double Tolerance)
{
    public bool Passed => Error <= Tolerance;
}
