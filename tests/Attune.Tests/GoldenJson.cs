using System.Text.Json;

namespace Attune.Tests;

/// <summary>Goldens in JSON: cases found by looking, numbers compared with a tolerance that grows with them.</summary>
internal static class GoldenJson
{
    /// <summary>The names under <paramref name="list"/> of every such file; one empty name, to be skipped by <see cref="Case"/>, where there is none.</summary>
    public static TheoryData<string> Names(string file, string list, Func<JsonElement, string>? name = null)
    {
        var data = new TheoryData<string>();
        foreach (var found in Cases(file, list).Select(name ?? (c => c.GetProperty("name").GetString()!)).Distinct())
            data.Add(found);
        if (data.Count == 0)
            data.Add("");
        return data;
    }

    public static JsonElement Case(string file, string list, string name, Func<JsonElement, string>? nameOf = null)
    {
        Skip.If(name.Length == 0, $"'{file}' is not under the fixture folders");
        return Cases(file, list).First(c => (nameOf ?? (e => e.GetProperty("name").GetString()!))(c) == name);
    }

    public static IEnumerable<JsonElement> Cases(string file, string list) =>
        TestFolders.AllFixtures(file).SelectMany(p => Read(p).GetProperty(list).EnumerateArray());

    public static JsonElement Read(string path) => JsonElement.Parse(File.ReadAllBytes(path));

    /// <summary>All numbers of nested lists, in order.</summary>
    public static double[] Numbers(JsonElement e) =>
        e.ValueKind == JsonValueKind.Array ? [.. e.EnumerateArray().SelectMany(Numbers)] : [e.GetDouble()];

    public static int[] Ints(JsonElement e) => [.. e.EnumerateArray().Select(i => i.GetInt32())];

    public static double[][] Rows(JsonElement e) => [.. e.EnumerateArray().Select(Numbers)];

    public static string[] Texts(JsonElement e) => [.. e.EnumerateArray().Select(t => t.GetString()!)];

    public static double Number(JsonElement options, string name, double absent = 0) =>
        options.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.Number ? v.GetDouble() : absent;

    public static bool Flag(JsonElement options, string name) => options.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.True;

    /// <summary>|actual − expected| ≤ absolute + relative·|expected| everywhere.</summary>
    public static void Near(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double relative, double absolute, string what)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {actual.Length} numbers for {expected.Length}");
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(actual[i] - expected[i]) <= absolute + relative * Math.Abs(expected[i]), $"{what} [{i}]: {actual[i]:r} for {expected[i]:r}");
    }
}
