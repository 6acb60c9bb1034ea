namespace Attune.Models.Files;

/// <summary>Something that holds named tensors: a safetensors file, a folder of shards, a GGUF file. Closing it ends the use of its tensors.</summary>
public interface ITensorSource : IDisposable
{
    /// <summary>The tensors by name, in the order of the file.</summary>
    IReadOnlyDictionary<string, StoredTensor> Tensors { get; }
}
