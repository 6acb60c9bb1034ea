using Attune.Tensors.Weights;

namespace Attune.Models.Architectures;

/// <summary>
/// Where an architecture takes its weights from, by their Hugging Face names whatever the file calls them. It notes what was taken,
/// so that an unused tensor can be reported.
/// </summary>
public interface IWeightSource
{
    bool Has(string name);

    /// <summary>A matrix [rows, columns] in its stored format.</summary>
    /// <param name="transposed">It is stored as [columns, rows], as GPT-2's are.</param>
    /// <exception cref="Tensors.AttuneException">It is missing or has another shape.</exception>
    WeightMatrix Matrix(string name, int rows, int columns, bool transposed = false);

    /// <summary>An array of a shape as float32, the last axis fastest.</summary>
    /// <exception cref="Tensors.AttuneException">It is missing or has another shape.</exception>
    float[] Values(string name, params int[] shape);

    /// <summary>Whether it gives whatever is asked for: then what a class has behind the states is there without being looked up.</summary>
    bool IsNew => false;

    /// <summary>A norm's weight of <paramref name="size"/> numbers.</summary>
    /// <param name="offset">What the norm adds to it: 1 in Gemma.</param>
    float[] Norm(string name, int size, float offset) => Values(name, size);
}
