namespace Attune.Models.Files;

/// <summary>Where a tensor lies in its file and what it is.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Type">How elements are stored.</param>
/// <param name="Shape">Axes from slowest to fastest, whatever the file's own order (GGUF lists the fastest first). Empty for a scalar.</param>
/// <param name="Offset">First byte, counted from the start of the file. Not aligned in every safetensors file.</param>
/// <param name="Bytes">How many bytes it takes.</param>
public sealed record TensorInfo(string Name, TensorType Type, IReadOnlyList<long> Shape, long Offset, long Bytes)
{
    /// <summary>The product of the axes; 1 for a scalar.</summary>
    public long Elements { get; } = Shape.Aggregate(1L, (product, axis) => checked(product * axis));

    /// <summary>The shape for people: <c>[576, 1536]</c>.</summary>
    public string ShapeText => FormattableString.Invariant($"[{string.Join(", ", Shape)}]");
}
