using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>
/// "runs/last": a relative symbolic link to the run begun last in that folder, or where links cannot be made a text file with its name.
/// </summary>
public static class RunPointer
{
    private const string Name = "last";
    private const string Home = "runs";

    /// <summary>The run's folder itself: the path, or where it is a text pointer, what that names.</summary>
    /// <exception cref="AttuneException">There is no such folder.</exception>
    public static string Resolve(string path)
    {
        if (Directory.Exists(path))
            return path;
        if (!File.Exists(path))
            throw new AttuneException($"there is no run '{path}'; give the folder of a comparison");
        var target = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, File.ReadAllText(path).Trim());
        return Directory.Exists(target) ? target : throw new AttuneException($"'{path}' is no folder of a comparison; give one such as runs/last");
    }

    /// <summary>Points "last" at the run, if it lies in a folder named "runs". A folder or file of that name that is no pointer stays as it is.</summary>
    internal static void Set(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var (home, name) = (Path.GetDirectoryName(full), Path.GetFileName(full));
        if (home is null || Path.GetFileName(home) != Home || name == Name)
            return;
        var link = Path.Combine(home, Name);
        try
        {
            if (!Remove(link, home))
                return;
            try
            {
                Directory.CreateSymbolicLink(link, name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
            {
                File.WriteAllText(link, name + "\n");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A convenience only: the run does not depend on it, and a full disk shows itself at the results.
        }
    }

    /// <summary>Whether nothing is left at the link's place.</summary>
    private static bool Remove(string link, string home)
    {
        var folder = new DirectoryInfo(link);
        if (folder.LinkTarget is not null)
        {
            folder.Delete();
            return true;
        }
        if (folder.Exists)
            return false;
        if (!File.Exists(link))
            return true;
        if (new FileInfo(link).Length > 4096 || !Directory.Exists(Path.Combine(home, File.ReadAllText(link).Trim())))
            return false;
        File.Delete(link);
        return true;
    }
}
