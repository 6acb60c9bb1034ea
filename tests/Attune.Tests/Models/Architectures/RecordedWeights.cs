using Attune.Models.Architectures;
using Attune.Models.Files;
using Attune.Tensors;
using Attune.Tensors.Weights;

namespace Attune.Tests.Models.Architectures;

/// <summary>Random weights, remembered as a checkpoint stores them.</summary>
internal sealed class RecordedWeights : IWeightSource
{
    public List<TensorToWrite> Taken { get; } = [];

    public bool Has(string name) => name.StartsWith("transformer.", StringComparison.Ordinal) || name.StartsWith("model.", StringComparison.Ordinal);

    public WeightMatrix Matrix(string name, int rows, int columns, bool transposed = false)
    {
        var values = Random(name, rows * columns);
        var stored = values;
        if (transposed)
        {
            stored = new float[values.Length];
            for (var i = 0; i < values.Length; i++)
                stored[i % columns * rows + i / columns] = values[i];
        }
        Taken.Add(TensorToWrite.FromFloats(name, TensorType.F32, transposed ? [columns, rows] : [rows, columns], stored));
        return WeightMatrix.Create(rows, columns, values);
    }

    public float[] Values(string name, params int[] shape)
    {
        var values = Random(name, shape.Aggregate(1, (a, b) => a * b));
        Taken.Add(TensorToWrite.FromFloats(name, TensorType.F32, [.. shape.Select(n => (long)n)], values));
        return values;
    }

    private static float[] Random(string name, int count)
    {
        var random = new SeededRandom(5).Fork(name);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(0.3 * random.NextNormal()))];
    }
}
