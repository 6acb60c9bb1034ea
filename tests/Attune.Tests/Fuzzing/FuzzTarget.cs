namespace Attune.Tests.Fuzzing;

/// <summary>A parser with valid files to damage.</summary>
/// <param name="Name">Of the test case.</param>
/// <param name="File">The name under which the damaged file is written.</param>
/// <param name="Weight">Its part of the inputs.</param>
/// <param name="IsText">Whether values and nesting are changed too.</param>
/// <param name="Seeds">At least one valid content that is made by the test.</param>
/// <param name="Goldens">Patterns under the fixtures' folders of further seeds: "files/*.gguf".</param>
/// <param name="Parse">Reads the damaged file; its argument is the folder.</param>
internal sealed record FuzzTarget(string Name, string File, int Weight, bool IsText, Func<IEnumerable<byte[]>> Seeds, string[] Goldens, Action<string> Parse)
{
    private const int LargestSeed = 20_000;

    /// <summary>Writes what stands beside the damaged file.</summary>
    public Action<string>? Prepare { get; init; }

    public override string ToString() => Name;

    /// <summary>The seeds, those made by the test first; small ones only, as every input is parsed whole.</summary>
    public IReadOnlyList<byte[]> AllSeeds() => [.. Seeds(), .. Goldens.SelectMany(Matching).Order(StringComparer.Ordinal).Select(System.IO.File.ReadAllBytes)];

    private static IEnumerable<string> Matching(string pattern) => TestFolders.AllFixtures(Path.GetDirectoryName(pattern)!)
        .SelectMany(f => Directory.GetFiles(f, Path.GetFileName(pattern), SearchOption.AllDirectories))
        .Where(f => new FileInfo(f).Length is > 0 and <= LargestSeed);
}
