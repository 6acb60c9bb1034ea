using Attune.Tensors;

namespace Attune.Models.Loading;

/// <summary>Finds models by path, or by name in the folders of ATTUNE_MODELS (by default the user's cache) and among those that come with the program.</summary>
public static class ModelLocator
{
    /// <summary>The model that comes with the program.</summary>
    public const string BundledName = "nano";

    private static readonly Lazy<string?> BundledHere = new(() => BundledFolder(AppContext.BaseDirectory));

    /// <summary>The folders in which names are looked up, in order: the user's own, then the program's where there is one.</summary>
    public static IReadOnlyList<string> Folders() => BundledHere.Value is { } bundled ? [.. OwnFolders(), bundled] : OwnFolders();

    /// <summary>The folder "models" with <see cref="BundledName"/> in a folder or in one of those above it; null where there is none.</summary>
    internal static string? BundledFolder(string start) =>
        ProgramFolders.From(start).Select(f => Path.Combine(f, "models")).FirstOrDefault(f => File.Exists(Path.Combine(f, BundledName, "config.json")));

    private static string[] OwnFolders()
    {
        var value = Environment.GetEnvironmentVariable("ATTUNE_MODELS");
        if (!string.IsNullOrEmpty(value))
            return value.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "attune")];
    }

    /// <summary>The file (GGUF) or folder (Hugging Face layout) of a model.</summary>
    /// <exception cref="AttuneException">There is none, or a folder holds several.</exception>
    public static string Find(string pathOrName)
    {
        foreach (var candidate in Folders().Select(f => Path.Combine(f, pathOrName)).Prepend(pathOrName))
        {
            if (File.Exists(candidate))
                return Path.GetFullPath(candidate);
            if (Directory.Exists(candidate))
                return InFolder(Path.GetFullPath(candidate));
        }
        throw new AttuneException($"there is no model '{pathOrName}', neither as a path nor under {string.Join(", ", Folders())}; give the path of a GGUF file or of a folder with config.json");
    }

    /// <summary>Every model under the folders of names.</summary>
    public static IReadOnlyList<string> List() =>
    [
        .. Folders().Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFileSystemEntries(f, "*", SearchOption.AllDirectories))
            .Where(p => p.EndsWith(".gguf", StringComparison.Ordinal) || Path.GetFileName(p) == "config.json" && Directory.EnumerateFiles(Path.GetDirectoryName(p)!, "*.safetensors").Any())
            .Select(p => Path.GetFileName(p) == "config.json" ? Path.GetDirectoryName(p)! : p)
            .Order(StringComparer.Ordinal),
    ];

    private static string InFolder(string folder)
    {
        if (File.Exists(Path.Combine(folder, "config.json")))
            return folder;
        var files = Directory.GetFiles(folder, "*.gguf");
        return files.Length switch
        {
            1 => files[0],
            0 => throw new AttuneException($"'{folder}' holds neither config.json nor a GGUF file; give the folder of a model"),
            _ => throw new AttuneException($"'{folder}' holds {files.Length} GGUF files ({string.Join(", ", files.Select(Path.GetFileName).Order(StringComparer.Ordinal))}); name one of them"),
        };
    }
}
