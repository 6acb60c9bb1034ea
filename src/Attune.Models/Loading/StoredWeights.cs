using System.Runtime.InteropServices;
using Attune.Models.Architectures;
using Attune.Models.Files;
using Attune.Tensors.Weights;

namespace Attune.Models.Loading;

/// <summary>
/// Weights out of an opened file, by the architecture's names. Formats with a product of their own stay packed; the others are unpacked to
/// float32. Notes what was taken.
/// </summary>
internal sealed unsafe class StoredWeights(ITensorSource source, string path, Func<string, string> toFileName) : IWeightSource
{
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    /// <summary>Tensors by format, for the model's description.</summary>
    public SortedDictionary<string, int> Formats { get; } = new(StringComparer.Ordinal);

    /// <summary>In which row of the file a row of a tensor stands, out of its name; null: in the same.</summary>
    public Func<string, Func<long, long>?>? RowsOf { get; init; }

    /// <summary>Which entry of the file's tensor a tensor is, along its first axis; null: it is the whole.</summary>
    public Func<string, int?>? SliceOf { get; init; }

    /// <summary>What was added to a tensor's numbers in the file.</summary>
    public Func<string, float>? Added { get; init; }

    /// <summary>Maps stand as [outputs, inputs] even where the architecture's checkpoints have [inputs, outputs].</summary>
    public bool MapsTurned { get; init; }

    /// <summary>Told the bytes of the file taken so far, after each tensor.</summary>
    public Action<long>? OnTaken { get; init; }

    private long taken;

    /// <summary>
    /// Bytes that the weights will be held in: stored ones as they are, others as float32. For whom memory is limited, before the work.
    /// </summary>
    /// <param name="unused">Tensors that will not be taken, by their names in the file.</param>
    public long BytesHeld(Func<string, bool> unused) => source.Tensors.Values.Where(t => !unused(t.Info.Name)).Sum(t => t.Info.Shape.Count > 1 && TryFormat(t.Info.Type, out _) ? t.Info.Bytes : t.Elements * sizeof(float));

    public bool Has(string name) => source.Tensors.ContainsKey(toFileName(name));

    public WeightMatrix Matrix(string name, int rows, int columns, bool transposed = false)
    {
        transposed &= !MapsTurned;
        var tensor = Take(name, transposed ? [columns, rows] : [rows, columns]);
        Formats[tensor.Info.Type.ToString()] = Formats.GetValueOrDefault(tensor.Info.Type.ToString()) + 1;
        return Finite(transposed ? Turned(tensor, rows, columns) : Unpacked(tensor, name, rows, columns), tensor, name);
    }

    /// <summary>Rows are taken one by one where they are unpacked or stand in another order: beside the mapped file only the result is held.</summary>
    private WeightMatrix Unpacked(StoredTensor tensor, string name, int rows, int columns)
    {
        var stored = RowsOf?.Invoke(name);
        if (TryFormat(tensor.Info.Type, out var format))
            return stored is null
                ? WeightMatrix.Create(format, rows, columns, tensor.Data)
                : WeightMatrix.Create(format, rows, columns, (row, packed) => tensor.CopyPacked(stored(row) * columns, packed));
        return WeightMatrix.Create(WeightFormat.F32, rows, columns, (row, values) =>
            tensor.ReadPart((stored is null ? row : stored(row)) * columns, MemoryMarshal.Cast<byte, float>(values)));
    }

    /// <summary>A matrix that is stored as [columns, rows].</summary>
    private static WeightMatrix Turned(StoredTensor tensor, int rows, int columns)
    {
        var stored = tensor.ToFloat32();
        var values = new float[stored.Length];
        for (var c = 0; c < columns; c++)
            for (var r = 0; r < rows; r++)
                values[r * columns + c] = stored[c * rows + r];
        return WeightMatrix.Create(rows, columns, values);
    }

    /// <summary>Refuses weights with which every result would be NaN.</summary>
    private WeightMatrix Finite(WeightMatrix matrix, StoredTensor tensor, string name)
    {
        if (matrix.FirstNotFinite is not { } at)
        {
            OnTaken?.Invoke(taken += tensor.Info.Bytes);
            return matrix;
        }
        var row = RowsOf?.Invoke(name) is { } stored ? stored(at.Row) : at.Row;
        var block = TensorTypes.BlockLength(tensor.Info.Type);
        matrix.Dispose();
        throw tensor.NotFinite(block > 1
            ? FormattableString.Invariant($"in row {row}, block of columns {at.Column / block * block} to {at.Column / block * block + block - 1}")
            : FormattableString.Invariant($"in row {row}, column {at.Column}"));
    }

    public float[] Values(string name, params int[] shape)
    {
        var tensor = Take(name, shape);
        var values = tensor.ToFloat32();
        if (values.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is var at and >= 0)
            throw tensor.NotFinite(FormattableString.Invariant($"at element {at}"));
        OnTaken?.Invoke(taken += tensor.Info.Bytes);
        if (Added?.Invoke(name) is { } added and not 0)
            for (var i = 0; i < values.Length; i++)
                values[i] -= added;
        return RowsOf?.Invoke(name) is { } stored ? [.. Enumerable.Range(0, values.Length).Select(i => values[stored(i)])] : values;
    }

    /// <summary>Refuses a file with tensors that nothing took: they would silently not act.</summary>
    public void RequireAllUsed(Func<string, bool> harmless)
    {
        var left = source.Tensors.Values.Where(t => !used.Contains(t.Info.Name) && !harmless(t.Info.Name)).ToArray();
        if (left.Length > 0)
            throw new ModelFileException($"'{path}' has {left.Length} tensors that this architecture does not use ({string.Join(", ", left.Take(5).Select(t => $"{t.Info.Name} {t.Info.ShapeText}"))}{(left.Length > 5 ? ", …" : "")}); it is another architecture than it says");
    }

    private StoredTensor Take(string name, int[] shape)
    {
        var fileName = toFileName(name);
        if (!source.Tensors.TryGetValue(fileName, out var tensor))
            throw new ModelFileException($"'{path}' lacks the tensor '{fileName}' [{string.Join(", ", shape)}]; the file is incomplete or of another architecture{Unclaimed()}");
        var slice = SliceOf?.Invoke(name);
        var stored = slice is null ? tensor.Info.Shape : tensor.Info.Shape.Skip(1);
        if (!stored.SequenceEqual(shape.Select(s => (long)s)) || slice is { } entry && entry >= tensor.Info.Shape[0])
            throw new ModelFileException($"'{path}' has the tensor '{fileName}' with shape {tensor.Info.ShapeText}, expected [{(slice is { } n ? FormattableString.Invariant($"more than {n}, ") : "")}{string.Join(", ", shape)}]; its configuration does not fit its weights");
        used.Add(fileName);
        return slice is { } index ? tensor.Entry(index) : tensor;
    }

    /// <summary>What stands in the file and was not taken so far, to show what the missing tensor may be called there.</summary>
    private string Unclaimed()
    {
        var left = source.Tensors.Values.Where(t => !used.Contains(t.Info.Name)).Take(5).Select(t => $"{t.Info.Name} {t.Info.ShapeText}").ToArray();
        return left.Length == 0 ? "" : $" (not used so far: {string.Join(", ", left)}{(left.Length == 5 ? ", …" : "")})";
    }

    private static bool TryFormat(TensorType type, out WeightFormat format)
    {
        (var known, format) = type switch
        {
            TensorType.F32 => (true, WeightFormat.F32),
            TensorType.F16 => (true, WeightFormat.F16),
            TensorType.BF16 => (true, WeightFormat.BF16),
            TensorType.Q8_0 => (true, WeightFormat.Q8_0),
            TensorType.Q4_0 => (true, WeightFormat.Q4_0),
            TensorType.Q4_1 => (true, WeightFormat.Q4_1),
            _ => (false, WeightFormat.F32),
        };
        return known;
    }
}
