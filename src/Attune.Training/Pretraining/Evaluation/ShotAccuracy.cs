namespace Attune.Training.Pretraining;

/// <summary>How often the right label was likeliest behind so many labelled rows.</summary>
/// <param name="Chance">Mean of 1 / labels: what guessing gives.</param>
public sealed record ShotAccuracy(int Shots, int Right, int Count, double Chance)
{
    public double Share => (double)Right / Count;
}
