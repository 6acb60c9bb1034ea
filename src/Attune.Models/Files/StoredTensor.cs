namespace Attune.Models.Files;

/// <summary>A tensor that lies in a mapped file. Nothing is read until it is asked for; the tensor keeps its file mapped.</summary>
public sealed unsafe class StoredTensor
{
    // A multiple of every block length; keeps spans below 2 GiB whatever the tensor's size.
    private const int ChunkElements = 1 << 20;

    private readonly MappedFile file;

    internal StoredTensor(MappedFile file, TensorInfo info)
    {
        this.file = file;
        Info = info;
    }

    public TensorInfo Info { get; }

    public long Elements => Info.Elements;

    /// <summary>The file that holds it, as the path was given.</summary>
    public string Path => file.Path;

    /// <summary>The packed bytes in the map, <see cref="TensorInfo.Bytes"/> of them; perhaps unaligned. Valid while the source is open.</summary>
    /// <exception cref="ObjectDisposedException">The source is closed.</exception>
    public byte* Data => file.Pointer + Info.Offset;

    /// <summary>One entry along the first axis; whole blocks, where elements are packed in blocks.</summary>
    internal StoredTensor Entry(long index)
    {
        var shape = Info.Shape.Skip(1).ToArray();
        var bytes = TensorTypes.Bytes(Info.Type, Info.Elements / Info.Shape[0]);
        return new StoredTensor(file, new TensorInfo(Info.Name, Info.Type, shape, Info.Offset + index * bytes, bytes));
    }

    /// <summary>All values as float32. Integers and float64 are rounded, quantised types decoded.</summary>
    /// <exception cref="ModelFileException">The type is not decoded, or the values are too many for an array.</exception>
    public float[] ToFloat32()
    {
        CheckDecoded();
        var values = new float[ArrayLength()];
        ReadPart(0, values);
        return values;
    }

    /// <summary>All values as float32 into <paramref name="destination"/>, which has exactly <see cref="Elements"/> places.</summary>
    /// <exception cref="ModelFileException">The type is not decoded.</exception>
    public void ReadFloat32(Span<float> destination)
    {
        if (destination.Length != Elements)
            throw new ArgumentException(FormattableString.Invariant(
                $"tensor {Info.Name} has {Elements} elements, the destination {destination.Length}"), nameof(destination));
        ReadPart(0, destination);
    }

    /// <summary>Refuses a tensor with which every result would be NaN.</summary>
    /// <param name="least">−∞ where it has a meaning.</param>
    /// <exception cref="ModelFileException">A value is NaN or infinite; the message names file, tensor and element.</exception>
    public void RequireFinite(float least = float.MinValue)
    {
        if (ToFloat32().AsSpan().IndexOfAnyExceptInRange(least, float.MaxValue) is var at and >= 0)
            throw NotFinite(FormattableString.Invariant($"at element {at}"));
    }

    /// <param name="place">Where in the tensor.</param>
    internal ModelFileException NotFinite(string place) =>
        new($"'{Path}' holds NaN or infinity in the tensor '{Info.Name}' {place}; every result would be wrong: download, convert or fit it again", kind: Tensors.AttuneErrorKind.Work);

    /// <summary>
    /// Values <paramref name="first"/> and following in storage order as float32, as many as the destination has places.
    /// Both <paramref name="first"/> and the length are whole blocks.
    /// </summary>
    /// <exception cref="ModelFileException">The type is not decoded.</exception>
    public void ReadPart(long first, Span<float> destination)
    {
        CheckDecoded();
        var block = TensorTypes.BlockLength(Info.Type);
        if (first < 0 || first > Elements - destination.Length || first % block != 0 || destination.Length % block != 0)
            throw new ArgumentException(FormattableString.Invariant(
                $"tensor {Info.Name}: elements {first} to {first + destination.Length} are not whole blocks of {block} within 0 to {Elements}"));
        for (var done = 0; done < destination.Length; done += ChunkElements)
        {
            var part = destination.Slice(done, Math.Min(ChunkElements, destination.Length - done));
            var packed = new ReadOnlySpan<byte>(Data + TensorTypes.Bytes(Info.Type, first + done), (int)TensorTypes.Bytes(Info.Type, part.Length));
            Dequantiser.Dequantise(Info.Type, packed, part);
        }
        GC.KeepAlive(file);
    }

    /// <summary>All values as float64: exact for floats, and for integers up to 2^53; quantised types by way of float32.</summary>
    /// <exception cref="ModelFileException">The type is not decoded, or the values are too many for an array.</exception>
    public double[] ToFloat64()
    {
        var values = new double[ArrayLength()];
        if (!WideNumbers.TryRead(Info.Type, Data, values))
            return Array.ConvertAll(ToFloat32(), v => (double)v);
        GC.KeepAlive(file);
        return values;
    }

    /// <summary>All values of a tensor of integers (or truth values), exactly.</summary>
    /// <exception cref="ModelFileException">The tensor holds no integers, or one above 2^63 − 1, or too many for an array.</exception>
    public long[] ToInt64()
    {
        var values = new long[ArrayLength()];
        if (!WideNumbers.TryRead(Info.Type, Data, values))
            throw ModelFileException.In(Path, $"has {TensorTypes.Name(Info.Type)} values that are no 64-bit integers in tensor {Shown.Quoted(Info.Name)}; expected a tensor of integers");
        GC.KeepAlive(file);
        return values;
    }

    /// <summary>The packed bytes of the elements from <paramref name="first"/> on, as many as fill <paramref name="packed"/>.</summary>
    internal void CopyPacked(long first, Span<byte> packed)
    {
        var start = TensorTypes.Bytes(Info.Type, first);
        if (start > Info.Bytes - packed.Length)
            throw new ArgumentException(FormattableString.Invariant($"tensor {Info.Name}: bytes {start} to {start + packed.Length} are not within its {Info.Bytes}"));
        new ReadOnlySpan<byte>(Data + start, packed.Length).CopyTo(packed);
        GC.KeepAlive(file);
    }

    /// <summary>The packed bytes into <paramref name="stream"/>.</summary>
    internal void CopyTo(Stream stream)
    {
        const int chunk = 1 << 20;
        for (long done = 0; done < Info.Bytes; done += chunk)
            stream.Write(new ReadOnlySpan<byte>(Data + done, (int)Math.Min(chunk, Info.Bytes - done)));
        GC.KeepAlive(file);
    }

    private int ArrayLength() => Elements <= Array.MaxLength
        ? (int)Elements
        : throw ModelFileException.In(Path, $"has {Elements} elements in tensor {Shown.Quoted(Info.Name)}, more than are read at once; read it in parts");

    private void CheckDecoded()
    {
        if (!Dequantiser.CanRead(Info.Type))
            throw ModelFileException.In(Path, $"stores tensor {Shown.Quoted(Info.Name)} as {TensorTypes.Name(Info.Type)}, which is not decoded here; use a file in one of {Dequantiser.ReadableNames}");
    }
}
