using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Models.Saving;

/// <summary>Models as GGUF files.</summary>
internal static class GgufSaving
{
    private const string RopeDivisors = "rope_freqs.weight";

    public static List<(string File, TensorToWrite Tensor)> Tensors(StoredModel model, SaveOptions options)
    {
        var changes = options.Changes.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var list = new List<(string, TensorToWrite)>();
        foreach (var stored in model.Tensors.Values)
        {
            if (model.Gguf is null && IsDropped(model, stored.Info.Name))
                continue;
            var name = model.NameOf(stored);
            var file = model.Gguf is null ? FileName(model, name!) : stored.Info.Name;
            var type = TypeOf(stored.Info, options.Type, file, changed: name is not null && changes.ContainsKey(name));
            var reorder = model.Gguf is null && name is not null && model.Architecture!.Gguf!.IsInterleaved(name);
            list.Add(("", name is not null && changes.Remove(name, out var change)
                ? Changed(model, change, file, type)
                : HeadOrder.Converted(stored, type, file, reorder ? Rows(model) : null)));
        }
        foreach (var change in changes.Values)
            list.Add(("", Changed(model, change, FileName(model, change.Name), options.Type ?? TypeOfTable(model))));
        if (model.Gguf is null && GgufConfiguration.RopeDivisors(model) is { } divisors)
            list.Add(("", TensorToWrite.FromFloats(RopeDivisors, TensorType.F32, [divisors.Length], divisors)));
        return list;
    }

    public static void Write(StoredModel model, string output, IReadOnlyList<TensorToWrite> tensors, SaveOptions options)
    {
        var metadata = model.Gguf is { } gguf ? [.. gguf.Metadata] : GgufConfiguration.Metadata(model);
        if (options.Type is { } type && GgufFileTypes.Of(type) is { } code)
        {
            metadata.RemoveAll(e => e.Key == GgufFileTypes.Key);
            metadata.Add(KeyValuePair.Create(GgufFileTypes.Key, GgufValue.Of(code)));
        }
        try
        {
            GgufWriter.Write(output, metadata, tensors);
        }
        catch (ArgumentException e)
        {
            throw new AttuneException($"'{model.Path}' cannot be written as GGUF: {e.Message}", AttuneErrorKind.Request, e);
        }
    }

    /// <summary>Rows as GGUF files of this architecture have them.</summary>
    private static Func<long, long> Rows(StoredModel model) => row => HeadRows.ToHalves(row, model.HeadDim);

    private static TensorToWrite Changed(StoredModel model, TensorChange change, string file, TensorType type)
    {
        var gguf = model.Architecture!.Gguf!;
        var values = gguf.IsInterleaved(change.Name) ? () => HeadOrder.Reordered(change.Values(), change.Shape, Rows(model)) : change.Values;
        return TensorToWrite.FromFloats(file, type, change.Shape, values);
    }

    private static TensorType TypeOf(TensorInfo tensor, TensorType? wanted, string file, bool changed)
    {
        // Norms are told by their names in GGUF files.
        var named = tensor with { Name = file };
        if (wanted is { } type)
            return TensorConversion.TypeFor(named, type);
        if (changed && !Quantiser.CanWrite(tensor.Type))
            throw new AttuneException($"'{file}' is stored as {TensorTypes.Name(tensor.Type)}, which is not written here; choose a type with --type");
        var own = TensorTypes.GgufCode(tensor.Type) is null ? TensorType.F32 : tensor.Type;
        return tensor.Shape.Count < 2 ? TensorConversion.TypeFor(named, own) : own;
    }

    /// <summary>A head that was shared is stored as the table was.</summary>
    private static TensorType TypeOfTable(StoredModel model) =>
        model.Tensors.Values.Where(t => Quantiser.CanWrite(t.Info.Type) && t.Info.Shape.Count > 1).MaxBy(t => t.Elements)?.Info.Type ?? TensorType.F32;

    private static string FileName(StoredModel model, string name)
    {
        var gguf = model.Architecture?.Gguf
            ?? throw new AttuneException($"'{model.Path}' has the architecture '{model.Configuration["model_type"]}', for which no names in GGUF files are known; keep it as a folder");
        var file = gguf.NameOf(name);
        return file != name ? file
            : throw new AttuneException($"'{model.Path}' has the tensor '{name}', for which GGUF files of '{gguf.Name}' have no name; keep it as a folder");
    }

    /// <summary>Buffers of old checkpoints, and a head that is a copy of the embeddings.</summary>
    private static bool IsDropped(StoredModel model, string name) => model.Architecture?.IsHarmless(name) == true;
}
