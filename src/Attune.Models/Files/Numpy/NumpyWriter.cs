using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Attune.Models.Files;

/// <summary>Writes .npy files (version 1.0, C order, little endian) byte for byte as numpy.save does, and .npz archives of them.</summary>
public static class NumpyWriter
{
    // numpy leaves room in which the first axis may grow, and lets the numbers start at a multiple of 64.
    private const int GrowthDigits = 21;
    private const int Alignment = 64;

    /// <summary>Writes one array of bool, integers, Half, float, double or Complex.</summary>
    /// <param name="path">Replaced whole, or left as it is where writing fails.</param>
    /// <param name="shape">Slowest axis first; empty for a single number.</param>
    /// <param name="values">As many as the shape has.</param>
    /// <exception cref="ArgumentException">.npy has no such type, or shape and number of values differ.</exception>
    /// <exception cref="Tensors.AttuneException">The file could not be written.</exception>
    public static void Write<T>(string path, IReadOnlyList<long> shape, ReadOnlyMemory<T> values)
        where T : unmanaged
    {
        var header = Header<T>(shape, values.Length);
        AtomicFile.Write(path, stream => WriteTo(header, values, stream));
    }

    /// <summary>Writes several arrays by name, uncompressed as numpy.savez does.</summary>
    /// <inheritdoc cref="Write{T}"/>
    public static void WriteArchive<T>(string path, IEnumerable<(string Name, IReadOnlyList<long> Shape, ReadOnlyMemory<T> Values)> arrays)
        where T : unmanaged
    {
        var all = arrays.Select(a => (a.Name, Header: Header<T>(a.Shape, a.Values.Length), a.Values)).ToList();
        AtomicFile.Write(path, stream =>
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (name, header, values) in all)
            {
                var entry = archive.CreateEntry(name + ".npy", CompressionLevel.NoCompression);
                // The first time that the format can hold: the same content gives the same bytes.
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var part = entry.Open();
                WriteTo(header, values, part);
            }
        });
    }

    private static void WriteTo<T>(byte[] header, ReadOnlyMemory<T> values, Stream stream)
        where T : unmanaged
    {
        const int chunk = 1 << 16;
        stream.Write(header);
        for (var done = 0; done < values.Length; done += chunk)
            stream.Write(MemoryMarshal.AsBytes(values.Span.Slice(done, Math.Min(chunk, values.Length - done))));
    }

    private static byte[] Header<T>(IReadOnlyList<long> shape, int count)
    {
        if (shape.Any(axis => axis < 0) || shape.Aggregate(1L, (product, axis) => checked(product * axis)) != count)
            throw new ArgumentException(FormattableString.Invariant($"an array of shape [{string.Join(", ", shape)}] does not have {count} values"), nameof(shape));
        var axes = shape.Count == 1 ? FormattableString.Invariant($"({shape[0]},)") : FormattableString.Invariant($"({string.Join(", ", shape)})");
        var text = $"{{'descr': '{NumpyType.Of(typeof(T)).Text}', 'fortran_order': False, 'shape': {axes}, }}";
        if (shape.Count > 0)
            text += new string(' ', Math.Max(0, GrowthDigits - FormattableString.Invariant($"{shape[0]}").Length));
        text += new string(' ', Alignment - ((10 + text.Length + 1) % Alignment)) + "\n";
        var header = new byte[10 + text.Length];
        ReadOnlySpan<byte> magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];
        magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), checked((ushort)text.Length));
        Encoding.ASCII.GetBytes(text, header.AsSpan(10));
        return header;
    }
}
