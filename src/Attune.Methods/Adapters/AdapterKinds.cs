using Attune.Models.Architectures;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>Every kind of adapter of this assembly, found by being there.</summary>
public static class AdapterKinds
{
    public static IReadOnlyList<IAdapterKind> All { get; } =
    [
        .. typeof(AdapterKinds).Assembly.GetTypes()
            .Where(t => t is { IsAbstract: false, IsClass: true } && t.IsAssignableTo(typeof(IAdapterKind)))
            .Select(t => (IAdapterKind)Activator.CreateInstance(t)!)
            .OrderBy(k => k.PeftType, StringComparer.Ordinal),
    ];

    /// <summary>The kind of that peft_type; null: it is not known.</summary>
    public static IAdapterKind? Find(string peftType) => All.FirstOrDefault(k => k.PeftType == peftType);

    /// <summary>The folder itself.</summary>
    /// <exception cref="AttuneException">Its kind is not known.</exception>
    public static PeftFolder Known(PeftFolder folder) => Find(folder.PeftType) is not null ? folder
        : throw new AttuneException($"'{folder.Path}' is an adapter of the kind {folder.PeftType}, which is not known here; known are {string.Join(", ", All.Select(k => k.PeftType))}");

    /// <summary>The adapter of a folder on a model.</summary>
    /// <exception cref="AttuneException">Its kind is not known, it has settings or tensors that are not, or it was made for another model.</exception>
    public static PeftAdapter Read(PeftFolder folder, TransformerModel model)
    {
        var kind = Find(Known(folder).PeftType)!;
        var reader = new AdapterReader(folder, model);
        PeftAdapter? adapter = null;
        try
        {
            adapter = kind.Read(reader);
            reader.Finish();
            return adapter;
        }
        catch
        {
            // An adapter may hold more than its reader: adapters of its own.
            if (adapter is not null)
                adapter.Dispose();
            else
                reader.Abandon();
            throw;
        }
    }
}
