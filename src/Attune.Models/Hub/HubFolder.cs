using System.Security.Cryptography;
using System.Text;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Models.Hub;

/// <summary>The folder of a repository in the local cache. No link inside it is followed, so nothing is written elsewhere.</summary>
internal sealed class HubFolder
{
    /// <summary>Holds what is not whole yet, and the record of pulls.</summary>
    public const string Work = ".attune";

    private readonly string cache;

    public HubFolder(string cache, HubReference reference)
    {
        this.cache = System.IO.Path.GetFullPath(cache);
        Path = Below(reference.Folder);
    }

    public string Path { get; }

    /// <summary>Where a file of the repository goes; its folder is there afterwards.</summary>
    /// <exception cref="AttuneException">The name is refused, or a link stands on the way.</exception>
    public string Target(string name)
    {
        HubPath.Require(name);
        var target = System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, name.Replace('/', System.IO.Path.DirectorySeparatorChar)));
        if (!target.StartsWith(Path + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new AttuneException($"the file {Shown.Quoted(name)} would lie outside '{Path}'; nothing was written", AttuneErrorKind.Work);
        RequireNoLink(target);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        return target;
    }

    /// <summary>The unfinished file for a name and the content that the hub announces; another content has another file.</summary>
    public string Partial(string name, string tag)
    {
        var path = System.IO.Path.Combine(WorkFolder(), $"{Key(name)}-{Key(tag)}.partial");
        RequireNoLink(path);
        return path;
    }

    /// <summary>The unfinished file of an earlier pull; null where there is none.</summary>
    public string? FindPartial(string name)
    {
        var found = Directory.GetFiles(WorkFolder(), Key(name) + "-*.partial");
        return found.Length == 1 && !IsLink(found[0]) ? found[0] : null;
    }

    /// <summary>Removes what earlier pulls left of a file.</summary>
    public void RemovePartials(string name)
    {
        foreach (var path in Directory.GetFiles(WorkFolder(), Key(name) + "-*.partial"))
            File.Delete(path);
    }

    public string Record
    {
        get
        {
            var path = System.IO.Path.Combine(WorkFolder(), HubRecord.FileName);
            RequireNoLink(path);
            return path;
        }
    }

    private string WorkFolder()
    {
        var folder = System.IO.Path.Combine(Path, Work);
        RequireNoLink(folder);
        return Directory.CreateDirectory(folder).FullName;
    }

    private string Below(string relative)
    {
        var path = System.IO.Path.Combine(cache, relative.Replace('/', System.IO.Path.DirectorySeparatorChar));
        RequireNoLink(path);
        return path;
    }

    private void RequireNoLink(string path)
    {
        for (var at = path; at.Length > cache.Length; at = System.IO.Path.GetDirectoryName(at)!)
        {
            if (IsLink(at))
                throw new AttuneException($"'{at}' is a link, which a pull does not follow; remove it, or choose another folder with ATTUNE_MODELS", AttuneErrorKind.Work);
        }
    }

    private static bool IsLink(string path)
    {
        // Attributes of what is missing are all bits.
        var attributes = new FileInfo(path).Attributes;
        return (int)attributes != -1 && attributes.HasFlag(FileAttributes.ReparsePoint);
    }

    private static string Key(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..20];
}
