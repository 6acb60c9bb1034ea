using System.Globalization;
using Attune.Tensors;

namespace Attune.Evaluation;

/// <summary>The checks that metrics and statistics share. Each throws an <see cref="AttuneException"/> that says what was found.</summary>
internal static class Require
{
    public static void SameLength(string subject, int first, int second)
    {
        if (first != second)
            throw Wrong($"{subject}: {first} and {second} values cannot be paired; give as many on both sides");
    }

    public static void AtLeast(string subject, int count, int needed)
    {
        if (count < needed)
            throw Wrong($"{subject}: found {count} values, expected {needed} or more; give more rows");
    }

    public static void Range(string subject, string name, double value, double low, double high)
    {
        if (!(value >= low && value <= high))
            throw Wrong($"{subject}: {name} is {value}, expected {low} to {high}; correct {name}");
    }

    public static void Positive(string subject, string name, double value)
    {
        if (!(value > 0))
            throw Wrong($"{subject}: {name} is {value}, expected more than 0; correct {name}");
    }

    public static void Finite(string subject, ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
                throw Wrong($"{subject}: value {i} is {values[i]}, expected a finite number; leave that row out or mend it");
        }
    }

    /// <summary>A confidence or interval level: above 0 and below 1.</summary>
    public static void Level(string subject, double level)
    {
        if (!(level > 0 && level < 1))
            throw Wrong($"{subject}: the level is {level}, expected one between 0 and 1; use 0.95");
    }

    public static AttuneException Wrong(FormattableString message) => new(message.ToString(CultureInfo.InvariantCulture));
}
