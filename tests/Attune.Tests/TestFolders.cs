namespace Attune.Tests;

/// <summary>
/// Where goldens, models and data lie: lists of folders in ATTUNE_FIXTURES, ATTUNE_MODELS, ATTUNE_DATA (separated as PATH is),
/// by default ../shared/… beside the repository. A test that needs a folder which is not there is skipped and counted.
/// </summary>
public static class TestFolders
{
    private static readonly string Repository = FindRepository();

    public static IReadOnlyList<string> Fixtures { get; } = Folders("ATTUNE_FIXTURES", "fixtures");
    public static IReadOnlyList<string> Models { get; } = Folders("ATTUNE_MODELS", "models");
    public static IReadOnlyList<string> Data { get; } = Folders("ATTUNE_DATA", "data");

    public static string RepositoryRoot => Repository;

    /// <summary>The first existing path of that name under the fixture folders; skips the test if there is none.</summary>
    public static string Fixture(string relative) => First(Fixtures, relative);
    public static string Model(string relative) => First(Models, relative);
    public static string DataSet(string relative) => First(Data, relative);

    /// <summary>Every existing path of that name, one for each fixture folder that has it. Empty where there is none.</summary>
    public static IEnumerable<string> AllFixtures(string relative) =>
        Fixtures.Select(f => Path.Combine(f, relative)).Where(Exists);

    private static string First(IReadOnlyList<string> folders, string relative)
    {
        var found = folders.Select(f => Path.Combine(f, relative)).FirstOrDefault(Exists);
        Skip.If(found is null, $"'{relative}' is not under {string.Join(Path.PathSeparator, folders)}");
        return found!;
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    private static List<string> Folders(string variable, string fallback)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        var list = string.IsNullOrEmpty(value)
            ? [Path.Combine(Repository, "..", "shared", fallback)]
            : value.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).ToList();
        return list.Select(Path.GetFullPath).ToList();
    }

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Attune.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("Attune.slnx is not above the test assembly");
    }
}
