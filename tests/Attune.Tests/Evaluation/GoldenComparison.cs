using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace Attune.Tests.Evaluation;

/// <summary>
/// Compares a value with a golden one. Doubles: |Δ| ≤ 1e-9 + 1e-9·|expected|; quantiles and tails 1e-7 relative.
/// Whole numbers and strings: exactly.
/// </summary>
internal static class GoldenComparison
{
    private static readonly string[] TailMetrics = ["_cdf", "_survival", "_pmf", "erfc"];
    private static readonly string[] QuantileMetrics = ["_quantile", "erf_inverse"];

    /// <summary>What differs, or null.</summary>
    public static string? Difference(string metric, JsonElement expected, object? actual) => expected.ValueKind switch
    {
        JsonValueKind.Object => Fields(metric, expected, actual),
        JsonValueKind.Array => Items(metric, expected, actual),
        JsonValueKind.String when actual is string text => expected.GetString() == text ? null : $"'{text}', expected '{expected.GetString()}'",
        // A result that is undefined as a whole: each of its doubles is.
        JsonValueKind.String when actual is IDictionary<string, object> fields =>
            fields.Values.OfType<double>().All(double.IsNaN) ? null : "a number, expected NaN",
        _ => Number(metric, expected.Number(), actual),
    };

    private static string? Fields(string metric, JsonElement expected, object? actual)
    {
        if (actual is not IDictionary<string, object> fields)
            return $"{actual?.GetType().Name}, expected an object";
        foreach (var field in expected.EnumerateObject())
        {
            if (!fields.TryGetValue(field.Name, out var value))
                return $"no {field.Name}";
            if (Difference(metric, field.Value, value) is { } difference)
                return $"{field.Name}: {difference}";
        }
        return null;
    }

    private static string? Items(string metric, JsonElement expected, object? actual)
    {
        if (actual is not IList items)
            return $"{actual?.GetType().Name}, expected an array";
        if (items.Count != expected.GetArrayLength())
            return $"{items.Count} items, expected {expected.GetArrayLength()}";
        for (var i = 0; i < items.Count; i++)
        {
            if (Difference(metric, expected[i], items[i]) is { } difference)
                return string.Create(CultureInfo.InvariantCulture, $"[{i}]: {difference}");
        }
        return null;
    }

    private static string? Number(string metric, double expected, object? actual)
    {
        var close = actual switch
        {
            int whole => whole == expected,
            double value => double.IsFinite(expected) ? Close(metric, expected, value) : value.Equals(expected),
            _ => false,
        };
        return close ? null : string.Create(CultureInfo.InvariantCulture, $"{actual:R}, expected {expected:R}");
    }

    private static bool Close(string metric, double expected, double actual)
    {
        var error = Math.Abs(actual - expected);
        // Below the least normal double no digits are left to compare.
        var relative = error <= Math.Max(1e-7 * Math.Abs(expected), 2.3e-308);
        if (QuantileMetrics.Any(metric.EndsWith))
            return relative;
        return error <= 1e-9 + 1e-9 * Math.Abs(expected) && (relative || !TailMetrics.Any(metric.EndsWith));
    }
}
