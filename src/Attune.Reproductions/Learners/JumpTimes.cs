namespace Attune.Reproductions;

/// <summary>When curves rise.</summary>
public static class JumpTimes
{
    /// <summary>Where a curve first passes a level, on the line between the points around it; NaN if it never does.</summary>
    /// <param name="steps">Ascending, as many as there are values.</param>
    public static double FirstAbove(IReadOnlyList<double> steps, IReadOnlyList<double> values, double level)
    {
        for (var i = 0; i < values.Count; i++)
            if (values[i] > level)
                return i == 0 ? steps[0] : steps[i - 1] + (steps[i] - steps[i - 1]) * (level - values[i - 1]) / (values[i] - values[i - 1]);
        return double.NaN;
    }

    /// <summary>How long the middle half of the rise from <paramref name="low"/> to <paramref name="high"/> takes, as a share of the time at its middle: small where it is abrupt.</summary>
    public static double RiseShare(IReadOnlyList<double> steps, IReadOnlyList<double> values, double low, double high)
    {
        double At(double share) => FirstAbove(steps, values, low + share * (high - low));
        return (At(0.75) - At(0.25)) / At(0.5);
    }
}
