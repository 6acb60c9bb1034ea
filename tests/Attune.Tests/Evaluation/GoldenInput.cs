using System.Globalization;
using System.Text.Json;

namespace Attune.Tests.Evaluation;

/// <summary>Reads the fields of a golden case's input. Non-finite numbers are strings.</summary>
internal static class GoldenInput
{
    public static double Number(this JsonElement element) => element.ValueKind == JsonValueKind.String
        ? double.Parse(element.GetString()!, CultureInfo.InvariantCulture)
        : element.GetDouble();

    public static double Number(this JsonElement input, string field) => input.GetProperty(field).Number();

    public static int Whole(this JsonElement input, string field) => input.GetProperty(field).GetInt32();

    public static string Text(this JsonElement input, string field) => input.GetProperty(field).GetString()!;

    public static bool Flag(this JsonElement input, string field, bool fallback = false) =>
        input.TryGetProperty(field, out var value) ? value.GetBoolean() : fallback;

    public static double[] Numbers(this JsonElement input, string field) => Each(input.GetProperty(field), Number);

    public static int[] Wholes(this JsonElement input, string field) => Each(input.GetProperty(field), e => e.GetInt32());

    public static bool[] Flags(this JsonElement input, string field) => Each(input.GetProperty(field), e => e.GetInt32() != 0);

    public static string[] Texts(this JsonElement input, string field) => Each(input.GetProperty(field), e => e.GetString()!);

    public static string[][] TextRows(this JsonElement input, string field) =>
        Each(input.GetProperty(field), row => Each(row, e => e.GetString()!));

    public static double[][] NumberRows(this JsonElement input, string field) => Each(input.GetProperty(field), row => Each(row, Number));

    public static int[][] WholeRows(this JsonElement input, string field) => Each(input.GetProperty(field), row => Each(row, e => e.GetInt32()));

    /// <summary>The value of <paramref name="f"/> at each number of <paramref name="field"/>.</summary>
    public static double[] At(this JsonElement input, string field, Func<double, double> f) => Array.ConvertAll(input.Numbers(field), x => f(x));

    private static T[] Each<T>(JsonElement array, Func<JsonElement, T> read) => array.EnumerateArray().Select(read).ToArray();
}
