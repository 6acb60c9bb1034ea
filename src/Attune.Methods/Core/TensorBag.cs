using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Methods;

/// <summary>The tensors of an adaptation by name: float32 matrices and lists of integers, written as one safetensors file.</summary>
public sealed class TensorBag
{
    private readonly Dictionary<string, Matrix> tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long[]> integers = new(StringComparer.Ordinal);

    /// <summary>A matrix, rows one after another; <paramref name="Half"/>: its values are float16 and are written so.</summary>
    public sealed record Matrix(int Rows, int Columns, float[] Values, bool Half = false);

    public IReadOnlyDictionary<string, Matrix> All => tensors;

    public bool IsEmpty => tensors.Count + integers.Count == 0;

    public long Bytes => tensors.Values.Sum(t => (long)t.Values.Length * sizeof(float)) + integers.Values.Sum(t => (long)t.Length * sizeof(long));

    public void Add(string name, int rows, int columns, ReadOnlySpan<float> values)
    {
        if (values.Length != rows * columns)
            throw new ArgumentException($"tensor {name}: {values.Length} values for [{rows}, {columns}]");
        tensors.Add(name, new Matrix(rows, columns, values.ToArray()));
    }

    /// <summary>Adds a matrix whose values are float16 already.</summary>
    /// <exception cref="ArgumentException">A value is not: it would change on the way.</exception>
    public void AddHalf(string name, Tensor tensor)
    {
        foreach (var v in tensor.Span)
            if ((float)(Half)v != v)
                throw new ArgumentException($"tensor {name}: {v} is no float16; round it before");
        tensors.Add(name, new Matrix(tensor.Rows, tensor.Columns, tensor.Span.ToArray(), Half: true));
    }

    public void Add(string name, Tensor tensor) => Add(name, tensor.Rows, tensor.Columns, tensor.Span);

    public void AddIntegers(string name, ReadOnlySpan<long> values) => integers.Add(name, values.ToArray());

    /// <exception cref="AttuneException">There is no such tensor.</exception>
    public Matrix Get(string name) => tensors.TryGetValue(name, out var t) ? t : throw Missing(name);

    /// <exception cref="AttuneException">There is no such list.</exception>
    public long[] GetIntegers(string name) => integers.TryGetValue(name, out var t) ? t : throw Missing(name);

    public void Write(string path) => SafetensorsWriter.Write(path, ToWrite());

    /// <summary>The tensors for a file.</summary>
    public IEnumerable<TensorToWrite> ToWrite() =>
    [
        .. tensors.Select(t => TensorToWrite.FromFloats(t.Key, t.Value.Half ? TensorType.F16 : TensorType.F32, [t.Value.Rows, t.Value.Columns], t.Value.Values)),
        .. integers.Select(t => TensorToWrite.FromBytes(t.Key, TensorType.I64, [t.Value.Length], System.Runtime.InteropServices.MemoryMarshal.AsBytes(t.Value.AsSpan()).ToArray())),
    ];

    /// <exception cref="AttuneException">The file is damaged, or holds NaN or infinity.</exception>
    public static TensorBag Read(string path)
    {
        var bag = new TensorBag();
        using var file = SafetensorsFile.Open(path);
        foreach (var (name, stored) in file.Tensors)
        {
            if (stored.Info.Type == TensorType.I64)
            {
                bag.integers.Add(name, stored.ToInt64());
                continue;
            }
            // A class without rows has a bias of −∞.
            stored.RequireFinite(least: float.NegativeInfinity);
            bag.tensors.Add(name, new Matrix((int)stored.Info.Shape[0], (int)stored.Info.Shape[1], stored.ToFloat32(), stored.Info.Type == TensorType.F16));
        }
        return bag;
    }

    private static AttuneException Missing(string name) => new($"the adaptation lacks the tensor '{name}'; its folder is damaged, fit it again");
}
