using System.Text.RegularExpressions;
using Attune.Tensors;

namespace Attune.Models.Saving;

/// <summary>What a written folder may replace: nothing that is read from, and no file that this program would not write there.</summary>
public static partial class OutputFolder
{
    /// <summary>Refuses an output that is a source, contains it or lies inside it; links are followed.</summary>
    /// <exception cref="AttuneException">It does; the message names both.</exception>
    public static void RequireApart(string output, string source)
    {
        var (a, b) = (Real(output), Real(source));
        if (string.Equals(a, b, Comparison))
            throw new AttuneException($"'{output}' is what is read from; choose another place for the result");
        if (IsInside(b, a) || IsInside(a, b))
            throw new AttuneException($"'{output}' and '{source}', which is read from, lie one inside the other; choose a place apart for the result");
    }

    /// <summary>Refuses to replace a folder with other files than a model or an adapter has.</summary>
    /// <param name="folder">What would be replaced; it need not be there.</param>
    /// <param name="written">Further names, relative to the folder, that will be written again.</param>
    /// <exception cref="AttuneException">There is another file; the message names the first.</exception>
    public static void RequireReplaceable(string folder, IEnumerable<string> written)
    {
        if (Foreign(folder, written) is { } other)
            throw new AttuneException($"'{folder}' holds '{other}', which is no file of a model that was written there, so it is not replaced; give another name with -o, or remove the folder yourself");
    }

    /// <summary>The first file, relative to a folder, that is none of a model's, an adapter's or of those named; null: there is none.</summary>
    /// <param name="written">Further names that may stand there.</param>
    public static string? Foreign(string folder, IEnumerable<string> written)
    {
        if (!Directory.Exists(folder))
            return null;
        var names = written.ToHashSet(StringComparer.Ordinal);
        return Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal).FirstOrDefault(n => !Known().IsMatch(n) && !names.Contains(n));
    }

    /// <summary>A name beside the output that nothing has.</summary>
    public static string Staging(string output)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        while (true)
        {
            var staging = $"{path}.{Path.GetRandomFileName()}.partial";
            if (!Path.Exists(staging))
                return staging;
        }
    }

    /// <summary>The staged folder takes the name of the output; what was there is removed after that.</summary>
    public static void Replace(string staging, string output)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        if (!Directory.Exists(path))
        {
            Directory.Move(staging, path);
            return;
        }
        var former = Staging(path);
        Directory.Move(path, former);
        try
        {
            Directory.Move(staging, path);
        }
        catch
        {
            Directory.Move(former, path);
            throw;
        }
        Directory.Delete(former, recursive: true);
    }

    private static StringComparison Comparison => OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    private static bool IsInside(string path, string folder) => path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, Comparison);

    /// <summary>The full path with every link on the way followed.</summary>
    private static string Real(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } parent)
            return full;
        var here = Path.Combine(Real(parent), Path.GetFileName(full));
        FileSystemInfo info = Directory.Exists(here) ? new DirectoryInfo(here) : new FileInfo(here);
        // Of what is not there yet only LinkTarget can be asked.
        return info.LinkTarget is not null && info.ResolveLinkTarget(returnFinalTarget: true) is { } target ? Real(target.FullName) : here;
    }

    [GeneratedRegex(@"^(config|generation_config|special_tokens_map|added_tokens|vocab|adapter_config|tokenizer[^/\\]*)\.json$|^[^/\\]+\.safetensors(\.index\.json)?$|^tokenizer\.model$|^chat_template\.jinja$|^(merges|vocab)\.txt$", RegexOptions.CultureInvariant)]
    private static partial Regex Known();
}
