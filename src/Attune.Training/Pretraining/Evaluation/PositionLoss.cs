namespace Attune.Training.Pretraining;

/// <summary>Mean −ln p of the tokens that stand behind <paramref name="From"/> to <paramref name="Until"/> others (the last included).</summary>
public sealed record PositionLoss(int From, int Until, double Loss, long Tokens);
