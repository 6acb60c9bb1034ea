using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Methods;

/// <summary>The tensors of an adaptation by name: float32 matrices, written as one safetensors file.</summary>
public sealed class TensorBag
{
    private readonly Dictionary<string, Matrix> tensors = new(StringComparer.Ordinal);

    /// <summary>A float32 matrix, rows one after another.</summary>
    public sealed record Matrix(int Rows, int Columns, float[] Values);

    public IReadOnlyDictionary<string, Matrix> All => tensors;

    public long Bytes => tensors.Values.Sum(t => (long)t.Values.Length * sizeof(float));

    public void Add(string name, int rows, int columns, ReadOnlySpan<float> values)
    {
        if (values.Length != rows * columns)
            throw new ArgumentException($"tensor {name}: {values.Length} values for [{rows}, {columns}]");
        tensors.Add(name, new Matrix(rows, columns, values.ToArray()));
    }

    public void Add(string name, Tensor tensor) => Add(name, tensor.Rows, tensor.Columns, tensor.Span);

    /// <exception cref="AttuneException">There is no such tensor.</exception>
    public Matrix Get(string name) => tensors.TryGetValue(name, out var t) ? t
        : throw new AttuneException($"the adaptation lacks the tensor '{name}'; its folder is damaged, fit it again");

    public void Write(string path) =>
        SafetensorsWriter.Write(path, tensors.Select(t => TensorToWrite.FromFloats(t.Key, TensorType.F32, [t.Value.Rows, t.Value.Columns], t.Value.Values)));

    public static TensorBag Read(string path)
    {
        var bag = new TensorBag();
        using var file = SafetensorsFile.Open(path);
        foreach (var (name, stored) in file.Tensors)
            bag.Add(name, (int)stored.Info.Shape[0], (int)stored.Info.Shape[1], stored.ToFloat32());
        return bag;
    }
}
