namespace Attune.Models.Saving;

/// <summary>A tensor of a model that is saved with other numbers.</summary>
/// <param name="Name">Its name in a Hugging Face checkpoint.</param>
/// <param name="Shape">Its shape there.</param>
/// <param name="Values">Gives the numbers when its turn to be written comes.</param>
public sealed record TensorChange(string Name, IReadOnlyList<long> Shape, Func<float[]> Values);
