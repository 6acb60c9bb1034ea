namespace Attune.Reproductions;

/// <summary>Expected minutes on two cores at each scale.</summary>
public sealed record ScaleMinutes(double Smoke, double Small, double Full)
{
    public double At(RunScale scale) => scale switch
    {
        RunScale.Smoke => Smoke,
        RunScale.Small => Small,
        _ => Full,
    };
}
