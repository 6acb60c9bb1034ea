namespace Attune.Tests.Models.Files;

/// <summary>Cases that are whatever lies in a fixture folder. Without the folder there is one case with an empty path, which <see cref="Require"/> skips.</summary>
internal static class FixtureFiles
{
    public static TheoryData<string> Matching(string folder, string pattern, Func<string, bool>? where = null)
    {
        var data = new TheoryData<string>();
        foreach (var path in TestFolders.AllFixtures(folder).SelectMany(f => Directory.GetFiles(f, pattern)).Where(where ?? (_ => true)).Order(StringComparer.Ordinal))
            data.Add(path);
        if (data.Count == 0)
            data.Add("");
        return data;
    }

    public static void Require(string path) => Skip.If(path.Length == 0, "the fixture folder is not there");
}
