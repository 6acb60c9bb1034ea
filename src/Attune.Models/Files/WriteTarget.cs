using Attune.Tensors;

namespace Attune.Models.Files;

/// <summary>A file cannot be written over the one that its tensors are read from: a map must not change below its reader.</summary>
internal static class WriteTarget
{
    /// <exception cref="AttuneException">A tensor is read from the file at <paramref name="path"/>, be it by another name or a link.</exception>
    public static void Check(string path, IEnumerable<TensorToWrite> tensors)
    {
        var target = Real(path);
        foreach (var source in tensors.Select(t => t.SourcePath).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (string.Equals(Real(source), target, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
                throw new AttuneException($"'{path}' is the file that is read from, so it cannot be written at the same time; choose another path for the result");
        }
    }

    private static string Real(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        }
        catch (IOException)
        {
            // Not there yet, or a chain of links that leads nowhere: writing will say what is wrong with it.
            return Path.GetFullPath(path);
        }
    }
}
