namespace Attune.Tests;

/// <summary>Where ATTUNE_GOLDEN_ERRORS names a file, each comparison with a golden adds a line: folder, what, largest error, tolerance.</summary>
internal static class GoldenErrors
{
    private static readonly string? File = Environment.GetEnvironmentVariable("ATTUNE_GOLDEN_ERRORS");
    private static readonly Lock Gate = new();

    public static void Note(string folder, string what, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        if (string.IsNullOrEmpty(File))
            return;
        var largest = 0.0;
        for (var i = 0; i < expected.Length; i++)
            largest = Math.Max(largest, Math.Abs((double)actual[i] - expected[i]));
        lock (Gate)
            System.IO.File.AppendAllText(File, FormattableString.Invariant($"{folder}\t{what}\t{largest:g3}\t{tolerance:g3}\n"));
    }
}
