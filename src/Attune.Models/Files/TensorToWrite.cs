using System.Buffers;

namespace Attune.Models.Files;

/// <summary>
/// A tensor on its way into a file: values that are encoded while they are written, bytes that are packed already, or a tensor of an open
/// file, which is read, converted and written part by part.
/// </summary>
public sealed class TensorToWrite
{
    // A multiple of every block length.
    private const int ChunkElements = 1 << 14;

    private readonly Action<Stream> write;

    private TensorToWrite(string name, TensorType type, IReadOnlyList<long> shape, Action<Stream> write, string? sourcePath = null)
    {
        SourcePath = sourcePath;
        Name = name;
        Type = type;
        Shape = shape.ToArray();
        this.write = write;
        foreach (var axis in Shape)
            ArgumentOutOfRangeException.ThrowIfNegative(axis, nameof(shape));
        Elements = Shape.Aggregate(1L, (product, axis) => checked(product * axis));
        var block = TensorTypes.BlockLength(type);
        if (block > 1 && (Shape.Count == 0 || Shape[^1] % block != 0))
            throw new ArgumentException(FormattableString.Invariant(
                $"tensor {name}: a row of [{string.Join(", ", Shape)}] is not whole blocks of {block}, which {TensorTypes.Name(type)} needs"), nameof(shape));
        Bytes = TensorTypes.Bytes(type, Elements);
    }

    public string Name { get; }

    public TensorType Type { get; }

    /// <summary>Slowest axis first.</summary>
    public IReadOnlyList<long> Shape { get; }

    public long Elements { get; }

    public long Bytes { get; }

    /// <summary>The file that the tensor is read from while it is written, which so cannot be the one that is written; null: none.</summary>
    internal string? SourcePath { get; }

    /// <summary>Values to be stored as <paramref name="type"/>, one of <see cref="TensorConversion.WritableTypes"/>.</summary>
    /// <exception cref="ArgumentException">The type is not written, or shape and number of values differ.</exception>
    public static TensorToWrite FromFloats(string name, TensorType type, IReadOnlyList<long> shape, ReadOnlyMemory<float> values)
    {
        if (!Quantiser.CanWrite(type))
            throw new ArgumentException($"tensor {name}: {TensorTypes.Name(type)} is not written here; choose one of {Quantiser.WritableNames}", nameof(type));
        var tensor = new TensorToWrite(name, type, shape, stream => Encode(type, values, stream));
        return tensor.Elements == values.Length ? tensor : throw Differ(name, tensor.Elements, "values", values.Length);
    }

    /// <summary>Values that are computed when the tensor's turn comes, so that only one tensor is in memory.</summary>
    /// <inheritdoc cref="FromFloats(string, TensorType, IReadOnlyList{long}, ReadOnlyMemory{float})"/>
    public static TensorToWrite FromFloats(string name, TensorType type, IReadOnlyList<long> shape, Func<float[]> values)
    {
        if (!Quantiser.CanWrite(type))
            throw new ArgumentException($"tensor {name}: {TensorTypes.Name(type)} is not written here; choose one of {Quantiser.WritableNames}", nameof(type));
        var elements = shape.Aggregate(1L, (product, axis) => checked(product * axis));
        return new TensorToWrite(name, type, shape, stream =>
        {
            var all = values();
            if (all.Length != elements)
                throw Differ(name, elements, "values", all.Length);
            Encode(type, all, stream);
        });
    }

    /// <summary>Bytes that are packed as <paramref name="type"/> asks.</summary>
    /// <exception cref="ArgumentException">Shape and number of bytes differ.</exception>
    public static TensorToWrite FromBytes(string name, TensorType type, IReadOnlyList<long> shape, ReadOnlyMemory<byte> packed)
    {
        var tensor = new TensorToWrite(name, type, shape, stream => stream.Write(packed.Span));
        return tensor.Bytes == packed.Length ? tensor : throw Differ(name, tensor.Bytes, "bytes", packed.Length);
    }

    /// <summary>A tensor of an open file, copied as it is.</summary>
    public static TensorToWrite FromStored(StoredTensor stored) =>
        new(stored.Info.Name, stored.Info.Type, stored.Info.Shape, stored.CopyTo, stored.Path);

    /// <summary>
    /// A tensor of an open file as another type, under another name or with its rows in another order. It is read part by part while it is
    /// written; where type and order stay, its bytes are copied.
    /// </summary>
    /// <param name="stored">The tensor; its source stays open until the file is written.</param>
    /// <param name="type">One of <see cref="TensorConversion.WritableTypes"/>, or the tensor's own.</param>
    /// <param name="name">The new name; null keeps it.</param>
    /// <param name="sourceRow">Which row of the tensor stands in a row of the file; null keeps the order.</param>
    /// <param name="shape">A shape of as many elements in rows as long; null keeps it.</param>
    /// <exception cref="ArgumentException">The type is not written, or rows are not whole blocks of it.</exception>
    public static TensorToWrite Converted(StoredTensor stored, TensorType type, string? name = null, Func<long, long>? sourceRow = null, IReadOnlyList<long>? shape = null)
    {
        if (type != stored.Info.Type && !Quantiser.CanWrite(type))
            throw new ArgumentException($"tensor {stored.Info.Name}: {TensorTypes.Name(type)} is not written here; choose one of {Quantiser.WritableNames}", nameof(type));
        var target = new TensorToWrite(name ?? stored.Info.Name, type, shape ?? stored.Info.Shape, stream => ConvertedRows.Write(stored, type, sourceRow, stream), stored.Path);
        return target.Elements == stored.Elements ? target : throw Differ(target.Name, target.Elements, "values", stored.Elements);
    }

    /// <summary>Told when the tensor is written.</summary>
    internal Action? Written { get; set; }

    /// <summary>Writes exactly <see cref="Bytes"/> bytes.</summary>
    internal void WriteTo(Stream stream)
    {
        write(stream);
        Written?.Invoke();
    }

    private static void Encode(TensorType type, ReadOnlyMemory<float> values, Stream stream)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)TensorTypes.Bytes(type, ChunkElements));
        for (var done = 0; done < values.Length; done += ChunkElements)
        {
            var part = values.Span.Slice(done, Math.Min(ChunkElements, values.Length - done));
            var packed = buffer.AsSpan(0, (int)TensorTypes.Bytes(type, part.Length));
            Quantiser.Quantise(type, part, packed);
            stream.Write(packed);
        }
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static ArgumentException Differ(string name, long expected, string unit, long actual) =>
        new(FormattableString.Invariant($"tensor {name}: its shape needs {expected} {unit}, {actual} are given"));
}
