using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Attune.Models.Files;

/// <summary>
/// What stands before the numbers of a .npy file: magic, version (1 to 3), the length of the header (2 or 4 bytes), and a Python dictionary
/// with the keys descr, fortran_order and shape. Source: numpy.lib.format.
/// </summary>
internal sealed record NumpyHeader(NumpyType Type, bool FortranOrder, IReadOnlyList<long> Shape, long DataOffset)
{
    // numpy's own limit against hostile headers.
    private const int LongestHeader = 10_000;
    private const int MostAxes = 64;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    public long Elements => Shape.Contains(0) ? 0 : Shape.Aggregate(1L, (product, axis) => checked(product * axis));

    /// <param name="path">Named in errors.</param>
    /// <param name="start">The beginning of the file, all of it or at least <see cref="StartBytes"/>.</param>
    /// <param name="length">Bytes in the whole file.</param>
    public static NumpyHeader Parse(string path, ReadOnlySpan<byte> start, long length)
    {
        if (start.Length < Magic.Length + 2 || !start.StartsWith(Magic))
            throw ModelFileException.In(path, $"is not a .npy file: it does not begin with '\\x93NUMPY'; write it with numpy.save");
        int major = start[6], minor = start[7];
        if (major is < 1 or > 3 || minor != 0)
            throw ModelFileException.In(path, $"is .npy version {major}.{minor}, versions 1.0, 2.0 and 3.0 are read; write it with numpy.save");
        var prefix = major == 1 ? 10 : 12;
        if (start.Length < prefix)
            throw Cut(path, length, prefix);
        long size = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (size > LongestHeader)
            throw ModelFileException.In(path, $"announces a header of {size} bytes, at most {LongestHeader} are read; write it with numpy.save");
        if (prefix + size > start.Length)
            throw Cut(path, length, prefix + size);
        var header = Read(path, Text(path, start.Slice(prefix, (int)size), major)) with { DataOffset = prefix + size };
        header.CheckData(path, length);
        return header;
    }

    /// <summary>As many bytes as a header can take.</summary>
    public static int StartBytes => 12 + LongestHeader;

    private static string Text(string path, ReadOnlySpan<byte> bytes, int major)
    {
        try
        {
            return (major == 3 ? new UTF8Encoding(false, throwOnInvalidBytes: true) : Encoding.Latin1).GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw ModelFileException.In(path, $"has a header that is not UTF-8: the file is damaged; write it with numpy.save", e);
        }
    }

    private static NumpyHeader Read(string path, string text)
    {
        var literal = new NumpyLiteral(path, text);
        string? type = null;
        bool? fortran = null;
        long[]? shape = null;
        literal.Expect('{');
        while (!literal.TryTake('}'))
        {
            var key = literal.Text();
            literal.Expect(':');
            switch (key)
            {
                case "descr" when type is null: type = literal.Text(); break;
                case "fortran_order" when fortran is null: fortran = literal.Truth(); break;
                case "shape" when shape is null: shape = literal.Tuple(MostAxes); break;
                default: throw literal.Wrong($"has the key {Shown.Quoted(key)} twice or unexpectedly");
            }
            if (literal.TryTake('}'))
                break;
            literal.Expect(',');
        }
        literal.ExpectEnd();
        if (type is null || fortran is null || shape is null)
            throw literal.Wrong($"lacks {(type is null ? "descr" : fortran is null ? "fortran_order" : "shape")}");
        return new NumpyHeader(NumpyType.Parse(path, type), fortran.Value, shape, 0);
    }

    private void CheckData(string path, long length)
    {
        // In 128 bits: each axis is below 2^63, and the product stops as soon as it exceeds what a file can hold.
        Int128 bytes = Shape.Contains(0) ? 0 : Type.Bytes;
        foreach (var axis in Shape)
        {
            bytes *= axis;
            if (bytes > long.MaxValue)
                throw ModelFileException.In(path, $"has the shape [{string.Join(", ", Shape)}], more bytes than 64 bits count: the file is damaged; write it with numpy.save");
        }
        if (DataOffset + bytes > length)
            throw Cut(path, length, DataOffset + bytes);
        if (DataOffset + bytes < length)
            throw ModelFileException.In(path, $"has {length - DataOffset - bytes} bytes after its array of shape [{string.Join(", ", Shape)}], expected none; give each array a file of its own, or an .npz archive");
    }

    private static ModelFileException Cut(string path, long length, Int128 need) =>
        ModelFileException.In(path, $"ends at byte {length} but needs bytes up to {need.ToString(CultureInfo.InvariantCulture)}: the file is cut short; write it again");
}
