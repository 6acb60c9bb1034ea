using Attune.Models.Files;

namespace Attune.Models.Saving;

/// <summary>How a model is saved.</summary>
public sealed record SaveOptions
{
    /// <summary>Null: as it is stored.</summary>
    public ModelFormat? Format { get; init; }

    /// <summary>The type of matrices (of every tensor in a folder); null: each as it is stored, or float32 where the format has no such type.</summary>
    public TensorType? Type { get; init; }

    /// <summary>Tensors with other numbers. A head that the model shares with its embeddings may be among them: it is then stored by itself.</summary>
    public IReadOnlyList<TensorChange> Changes { get; init; } = [];

    /// <summary>Whether a file or folder that is there is replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Told the share that is written, from 0 to 1.</summary>
    public Action<double>? Progress { get; init; }
}
