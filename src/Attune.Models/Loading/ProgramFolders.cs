namespace Attune.Models.Loading;

/// <summary>Where what comes with the program may lie: beside it, or above it where it was built in its sources.</summary>
public static class ProgramFolders
{
    /// <summary>Folders between a program that was built in its sources and their root.</summary>
    private const int MostFoldersUp = 6;

    /// <summary>A folder and those above it, nearest first.</summary>
    public static IEnumerable<string> From(string start)
    {
        var folder = Path.TrimEndingDirectorySeparator(start);
        for (var i = 0; i < MostFoldersUp && folder is not null; i++, folder = Path.GetDirectoryName(folder))
            yield return folder;
    }
}
