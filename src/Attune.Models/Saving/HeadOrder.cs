using Attune.Models.Files;

namespace Attune.Models.Saving;

/// <summary>Numbers of maps of heads between the row orders of a checkpoint and of GGUF files.</summary>
internal static class HeadOrder
{
    /// <summary>Rows (elements of a vector) in another order: row r of the result is row <paramref name="sourceRow"/>(r).</summary>
    public static float[] Reordered(float[] values, IReadOnlyList<long> shape, Func<long, long> sourceRow)
    {
        var columns = shape.Count > 1 ? checked((int)shape[^1]) : 1;
        var result = new float[values.Length];
        for (var row = 0; row < values.Length / columns; row++)
            values.AsSpan((int)sourceRow(row) * columns, columns).CopyTo(result.AsSpan(row * columns));
        return result;
    }

    /// <summary>A stored tensor, perhaps in another type and order.</summary>
    /// <param name="sourceRow">Null keeps the order.</param>
    public static TensorToWrite Converted(StoredTensor tensor, TensorType type, string name, Func<long, long>? sourceRow) =>
        sourceRow is not null && tensor.Info.Shape.Count < 2
            ? TensorToWrite.FromFloats(name, type, tensor.Info.Shape, () => Reordered(tensor.ToFloat32(), tensor.Info.Shape, sourceRow))
            : TensorToWrite.Converted(tensor, type, name, sourceRow);
}
