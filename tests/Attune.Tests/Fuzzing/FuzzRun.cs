using System.Diagnostics;
using System.Globalization;
using Attune.Tensors;

namespace Attune.Tests.Fuzzing;

/// <summary>Feeds damaged files to a parser: success or an <see cref="AttuneException"/>, soon and with little memory, or the test fails with the input.</summary>
internal static class FuzzRun
{
    private const int Inputs = 100_000;
    private const long MostBytes = 100_000_000;
    private const int MostSeconds = 5;
    private const int HangSeconds = 60;

    /// <summary>ATTUNE_FUZZ is the number of inputs of all targets together, or number:seed.</summary>
    private static readonly (long Count, ulong Seed) Asked = Read(Environment.GetEnvironmentVariable("ATTUNE_FUZZ"));

    public static void Check(FuzzTarget target, int allWeights)
    {
        var folder = Directory.CreateTempSubdirectory("attune-fuzz-" + target.Name + "-");
        var keep = false;
        try
        {
            target.Prepare?.Invoke(folder.FullName);
            keep = true;
            Run(target, folder.FullName, Math.Max(1, Asked.Count * target.Weight / allWeights));
            keep = false;
        }
        finally
        {
            // A failure's input stays to be looked at.
            if (!keep)
                folder.Delete(recursive: true);
        }
    }

    private static void Run(FuzzTarget target, string folder, long count)
    {
        var seeds = target.AllSeeds();
        var path = Path.Combine(folder, target.File);
        foreach (var seed in seeds.Take(target.Seeds().Count()))
            RequireValid(target, folder, path, seed);
        var watch = Stopwatch.StartNew();
        long done = -1;
        using var alarm = new Timer(_ => Alarm(target, path, Interlocked.Read(ref done), watch), null, 1000, 1000);
        for (long i = 0; i < count; i++)
        {
            var random = new SeededRandom(Asked.Seed).Fork(string.Create(CultureInfo.InvariantCulture, $"{target.Name} {i}"));
            // The seeds that the test makes are small and are parsed deepest: half of the inputs are theirs.
            var input = Mutation.Of(Pick(seeds, random), Pick(seeds, random), target.IsText, random);
            File.WriteAllBytes(path, input);
            Interlocked.Exchange(ref done, i);
            watch.Restart();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var wrong = Wrong(target, folder);
            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            wrong ??= bytes > MostBytes ? $"{bytes} bytes were allocated" : watch.Elapsed.TotalSeconds > MostSeconds ? $"it took {watch.Elapsed.TotalSeconds:f1} s" : null;
            Assert.True(wrong is null, string.Create(CultureInfo.InvariantCulture, $"{target.Name}, seed {Asked.Seed}, input {i}, which is kept as {path}: {wrong}"));
        }
    }

    private static byte[] Pick(IReadOnlyList<byte[]> seeds, SeededRandom random) => random.Next(2) == 0 ? seeds[0] : seeds[random.Next(seeds.Count)];

    private static void RequireValid(FuzzTarget target, string folder, string path, byte[] seed)
    {
        File.WriteAllBytes(path, seed);
        target.Parse(folder);
    }

    /// <summary>What a parser did that it must not; null: it read the file or refused it.</summary>
    private static string? Wrong(FuzzTarget target, string folder)
    {
        try
        {
            target.Parse(folder);
            return null;
        }
        catch (AttuneException e)
        {
            return string.IsNullOrWhiteSpace(e.Message) ? "the error has no message" : null;
        }
        catch (Exception e)
        {
            return e.ToString();
        }
    }

    // A parser that does not come back cannot be stopped; the process ends with its input named.
    private static void Alarm(FuzzTarget target, string path, long input, Stopwatch watch)
    {
        if (watch.Elapsed.TotalSeconds > HangSeconds)
            Environment.FailFast(string.Create(CultureInfo.InvariantCulture, $"{target.Name}, seed {Asked.Seed}, input {input}, which is kept as {path}: it does not end"));
    }

    private static (long Count, ulong Seed) Read(string? text)
    {
        var parts = (text ?? "").Split(':');
        return (
            long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : Inputs,
            parts.Length > 1 ? ulong.Parse(parts[1], CultureInfo.InvariantCulture) : 1);
    }
}
