using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Models.Saving;

/// <summary>Writes a model anew: in another type or format, or with tensors changed. Tensors are converted one by one while they are written.</summary>
public static class ModelSaver
{
    /// <summary>Saves a model to a path: a folder, or for GGUF a file, whole or not at all.</summary>
    /// <param name="pathOrName">The model: a GGUF file or a folder in Hugging Face layout.</param>
    /// <param name="output">Where it goes.</param>
    /// <returns>How many tensors were written in each type.</returns>
    /// <exception cref="AttuneException">Something is there already, or the format cannot hold the model; the message says what.</exception>
    public static IReadOnlyDictionary<TensorType, int> Save(string pathOrName, string output, SaveOptions options)
    {
        using var model = StoredModel.Open(ModelLocator.Find(pathOrName));
        var format = options.Format ?? (model.Gguf is null ? ModelFormat.Safetensors : ModelFormat.Gguf);
        if (format == ModelFormat.Gguf != model.Gguf is not null && model.Architecture?.Gguf is { IsPlain: false } other)
            throw new AttuneException($"'{model.Path}' has the architecture '{other.Name}', whose tensors GGUF files hold changed; they are read so, but not converted: keep the format, or use the model's other files");
        if (model.Gguf is not null && model.Architecture?.Gguf is { IsPlain: false } && options.Changes.Count > 0)
            throw new AttuneException($"'{model.Path}' is a GGUF file of an architecture whose tensors are changed there, so changed ones cannot be put in; use the model's folder");
        RequireFree(output, format, options.Overwrite);
        OutputFolder.RequireApart(output, model.Path);
        options = options with { Changes = [.. options.Changes.Select(c => Fitted(model, c))] };
        var parent = Path.GetDirectoryName(Path.GetFullPath(output));
        if (parent is not null)
            Directory.CreateDirectory(parent);
        var tensors = format == ModelFormat.Gguf ? GgufSaving.Tensors(model, options) : FolderSaving.Tensors(model, options);
        Watch(tensors.Select(t => t.Tensor).ToList(), options.Progress);
        if (format == ModelFormat.Gguf)
            GgufSaving.Write(model, output, [.. tensors.Select(t => t.Tensor)], options);
        else
            FolderSaving.Write(model, output, tensors, options);
        return new SortedDictionary<TensorType, int>(tensors.GroupBy(t => t.Tensor.Type).ToDictionary(g => g.Key, g => g.Count()));
    }

    private static void RequireFree(string output, ModelFormat format, bool overwrite)
    {
        if (format == ModelFormat.Gguf && Directory.Exists(output))
            throw new AttuneException($"'{output}' is a folder and the model is one GGUF file; give the name of a file");
        if (format == ModelFormat.Safetensors && File.Exists(output))
            throw new AttuneException($"'{output}' is a file and the model is a folder; give the name of a folder");
        var there = File.Exists(output) || Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any();
        if (there && !overwrite)
            throw new AttuneException($"'{output}' is there already; give another name with -o, or replace it with --force");
    }

    /// <summary>The change in the shape that the model stores.</summary>
    private static TensorChange Fitted(StoredModel model, TensorChange change)
    {
        if (model.Find(change.Name) is not { } tensor || tensor.Info.Shape.SequenceEqual(change.Shape))
            return change;
        // A small array of several axes is one row where it is changed.
        if (change.Shape is [var length] && length == tensor.Elements)
            return change with { Shape = tensor.Info.Shape };
        throw new AttuneException($"the changed tensor '{change.Name}' has the shape [{string.Join(", ", change.Shape)}], and the model stores {tensor.Info.ShapeText}; it was made for another model");
    }

    private static void Watch(List<TensorToWrite> tensors, Action<double>? progress)
    {
        var (all, done) = (Math.Max(1, tensors.Sum(t => t.Bytes)), 0L);
        foreach (var tensor in tensors)
            tensor.Written = () => progress?.Invoke((double)(done += tensor.Bytes) / all);
    }
}
