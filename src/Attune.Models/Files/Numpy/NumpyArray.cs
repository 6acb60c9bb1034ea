using System.Buffers.Binary;
using System.Numerics;

namespace Attune.Models.Files;

/// <summary>
/// The array of a .npy file, or one of an .npz archive. A file is mapped, and read when values are asked for; they come in C order (last axis
/// fastest) whatever the file's order.
/// </summary>
public sealed unsafe class NumpyArray : IDisposable
{
    private readonly IDisposable? owner;
    private readonly byte[]? held;
    private readonly byte* data;
    private readonly NumpyHeader header;
    private bool closed;

    private NumpyArray(string path, NumpyHeader header, byte* data, IDisposable? owner, byte[]? held)
    {
        Path = path;
        this.header = header;
        this.data = data;
        this.owner = owner;
        this.held = held;
    }

    /// <summary>The path as it was given; of an archive's array with its name.</summary>
    public string Path { get; }

    public NumpyType Type => header.Type;

    /// <summary>Slowest axis first. Empty for a single number.</summary>
    public IReadOnlyList<long> Shape => header.Shape;

    public long Elements => header.Elements;

    /// <summary>Whether the file has the first axis fastest.</summary>
    public bool FortranOrder => header.FortranOrder;

    /// <summary>Maps a .npy file and checks its header against the bytes that are there.</summary>
    /// <exception cref="ModelFileException">The file is missing, cut short, not .npy, or holds something other than numbers.</exception>
    public static NumpyArray Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            var header = NumpyHeader.Parse(path, file.Span(0, (int)Math.Min(NumpyHeader.StartBytes, file.Length)), file.Length);
            return new NumpyArray(path, header, file.Pointer + header.DataOffset, file, null);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <param name="path">Named in errors.</param>
    /// <param name="bytes">A whole .npy file in pinned memory.</param>
    internal static NumpyArray Of(string path, byte[] bytes)
    {
        var header = NumpyHeader.Parse(path, bytes, bytes.Length);
        fixed (byte* start = bytes)
            return new NumpyArray(path, header, start + header.DataOffset, null, bytes);
    }

    /// <summary>All values as float32; wider numbers are rounded.</summary>
    /// <exception cref="ModelFileException">They are complex, or too many for an array.</exception>
    public float[] ToFloat32() => All<float>(Type.Kind == NumpyKind.Complex ? throw Wrong("real numbers") : at => (float)Number(at));

    /// <summary>All values as float64; integers above 2^53 are rounded.</summary>
    /// <exception cref="ModelFileException">They are complex, or too many for an array.</exception>
    public double[] ToFloat64() => All<double>(Type.Kind == NumpyKind.Complex ? throw Wrong("real numbers") : Number);

    /// <summary>All values of an array of integers or truth values.</summary>
    /// <exception cref="ModelFileException">They are no integers, one is above 2^63 − 1, or they are too many for an array.</exception>
    public long[] ToInt64() => All<long>(Type.Kind is NumpyKind.Float or NumpyKind.Complex ? throw Wrong("integers") : Integer);

    /// <summary>All values as complex numbers.</summary>
    /// <exception cref="ModelFileException">They are too many for an array.</exception>
    public Complex[] ToComplex() => All<Complex>(at => Type.Kind == NumpyKind.Complex
        ? new Complex(Real(at, Type.Bytes / 2), Real(at + (Type.Bytes / 2), Type.Bytes / 2))
        : new Complex(Number(at), 0));

    public void Dispose()
    {
        closed = true;
        owner?.Dispose();
    }

    private T[] All<T>(Func<long, T> read)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        if (Elements > Array.MaxLength)
            throw ModelFileException.In(Path, $"has {Elements} elements, more than are read at once; save it in parts");
        var values = new T[Elements];
        if (!FortranOrder)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = read((long)i * Type.Bytes);
        }
        else
        {
            FillFromFortran(values, read);
        }
        GC.KeepAlive(this);
        GC.KeepAlive(held);
        return values;
    }

    // Walks the axes like an odometer, the last fastest, and keeps the place in the file beside it.
    private void FillFromFortran<T>(T[] values, Func<long, T> read)
    {
        var strides = new long[Shape.Count];
        for (var (axis, stride) = (0, (long)Type.Bytes); axis < strides.Length; stride *= Shape[axis++])
            strides[axis] = stride;
        var index = new long[strides.Length];
        long at = 0;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = read(at);
            for (var axis = strides.Length - 1; axis >= 0; axis--)
            {
                at += strides[axis];
                if (++index[axis] < Shape[axis])
                    break;
                at -= index[axis] * strides[axis];
                index[axis] = 0;
            }
        }
    }

    private double Number(long at) => Type.Kind switch
    {
        NumpyKind.Float => Real(at, Type.Bytes),
        NumpyKind.UInt => Bits(at, Type.Bytes),
        _ => Integer(at),
    };

    private double Real(long at, int bytes) => bytes switch
    {
        2 => (double)BitConverter.UInt16BitsToHalf((ushort)Bits(at, 2)),
        4 => BitConverter.UInt32BitsToSingle((uint)Bits(at, 4)),
        _ => BitConverter.UInt64BitsToDouble(Bits(at, 8)),
    };

    private long Integer(long at)
    {
        var bits = Bits(at, Type.Bytes);
        if (Type.Kind == NumpyKind.Bool)
            return bits == 0 ? 0 : 1;
        if (Type.Kind == NumpyKind.UInt)
            return bits <= long.MaxValue ? (long)bits : throw ModelFileException.In(Path, $"holds {bits}, above 2^63 - 1; save it as int64");
        var unused = 64 - (8 * Type.Bytes);
        return (long)bits << unused >> unused;
    }

    private ulong Bits(long at, int bytes)
    {
        var source = new ReadOnlySpan<byte>(data + at, bytes);
        return bytes switch
        {
            1 => source[0],
            2 => Type.BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(source) : BinaryPrimitives.ReadUInt16LittleEndian(source),
            4 => Type.BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(source) : BinaryPrimitives.ReadUInt32LittleEndian(source),
            _ => Type.BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(source) : BinaryPrimitives.ReadUInt64LittleEndian(source),
        };
    }

    private ModelFileException Wrong(string expected) =>
        ModelFileException.In(Path, $"holds numbers of type {Type.Text}, expected {expected}; save it as such");
}
