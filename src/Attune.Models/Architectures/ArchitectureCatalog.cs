using Attune.Models.Files;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>Every architecture of this assembly, found by being there.</summary>
internal static class ArchitectureCatalog
{
    private static readonly Lazy<IReadOnlyList<IArchitecture>> Found = new(() =>
    [
        .. typeof(ArchitectureCatalog).Assembly.GetTypes()
            .Where(t => t is { IsAbstract: false, IsClass: true } && t.IsAssignableTo(typeof(IArchitecture)))
            .OrderBy(t => t.Name, StringComparer.Ordinal)
            .Select(t => (IArchitecture)Activator.CreateInstance(t)!),
    ]);

    public static IReadOnlyList<IArchitecture> All => Found.Value;

    /// <exception cref="ModelFileException">The configuration names no architecture, or one that is not known.</exception>
    public static IArchitecture Of(ConfigurationJson configuration)
    {
        var type = configuration.OptionalText("model_type")
            ?? throw new ModelFileException($"'{configuration.Path}' has no model_type; say which architecture it is");
        return All.FirstOrDefault(a => a.ModelTypes.Contains(type, StringComparer.Ordinal))
            ?? throw new ModelFileException($"'{configuration.Path}' has the architecture '{type}', which is not known here; known are {string.Join(", ", All.SelectMany(a => a.ModelTypes).Order(StringComparer.Ordinal))}");
    }

    /// <exception cref="ModelFileException">No architecture is stored in GGUF files under that name.</exception>
    public static IArchitecture OfGguf(GgufMetadata metadata, string path)
    {
        var name = metadata.GetText("general.architecture");
        return FindGguf(name, metadata)
            ?? throw new ModelFileException($"'{path}' has the architecture '{name}', which is not read from GGUF files; read are {string.Join(", ", All.Where(a => a.Gguf is not null).Select(a => a.Gguf!.Name).Distinct().Order(StringComparer.Ordinal))}");
    }

    /// <summary>The architecture of files under a name: the one whose condition holds, else the one that has none.</summary>
    public static IArchitecture? FindGguf(string? name, GgufMetadata metadata)
    {
        var named = All.Where(a => a.Gguf?.Name == name).ToArray();
        return named.FirstOrDefault(a => a.Gguf!.When?.Invoke(metadata) == true) ?? named.FirstOrDefault(a => a.Gguf!.When is null);
    }
}
