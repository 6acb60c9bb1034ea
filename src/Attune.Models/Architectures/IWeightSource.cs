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
    /// <exception cref="Tensors.AttuneException">It is missing or has another shape.</exception>
    WeightMatrix Matrix(string name, int rows, int columns);

    /// <summary>A vector as float32.</summary>
    float[] Vector(string name, int length);
}
