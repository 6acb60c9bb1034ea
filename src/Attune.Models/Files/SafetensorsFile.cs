using System.Buffers.Binary;

namespace Attune.Models.Files;

/// <summary>
/// A safetensors file, mapped: 8 bytes with the length of the header (little endian), a JSON header with every tensor's type, shape and
/// place, then the tensors, which fill the rest without gap or overlap. Source: the format description of huggingface/safetensors.
/// </summary>
public sealed class SafetensorsFile : ITensorSource
{
    /// <summary>The longest header that the reference implementation accepts, in bytes.</summary>
    internal const long LongestHeader = 100_000_000;

    private readonly MappedFile file;
    private readonly OrderedDictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);

    private SafetensorsFile(MappedFile file, SafetensorsHeader header)
    {
        this.file = file;
        Metadata = header.Metadata;
        foreach (var info in header.Tensors)
            tensors.Add(info.Name, new StoredTensor(file, info));
    }

    /// <summary>The path as it was given.</summary>
    public string Path => file.Path;

    /// <summary>The header's <c>__metadata__</c>, text to text; null where the header has none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; }

    public IReadOnlyDictionary<string, StoredTensor> Tensors => tensors;

    /// <summary>Maps the file and checks its header against the bytes that are there. Reads no tensor.</summary>
    /// <exception cref="ModelFileException">The file is missing, cut short, or not a valid safetensors file.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new SafetensorsFile(file, SafetensorsHeader.Parse(path, HeaderBytes(file), file.Length));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => file.Dispose();

    private static ReadOnlySpan<byte> HeaderBytes(MappedFile file)
    {
        if (file.Length < 8)
            throw ModelFileException.In(file.Path, $"ends after {file.Length} bytes, a safetensors file begins with 8 bytes of header length: the file is cut short; download it again");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Span(0, 8));
        if (length > LongestHeader || length > (ulong)(file.Length - 8))
            throw BadLength(file, length);
        var header = file.Span(8, (int)length);
        if (header is not [(byte)'{', ..])
            throw BadStart(file);
        return header;
    }

    private static ModelFileException BadLength(MappedFile file, ulong length)
    {
        if (FileKind.Guess(file.Span(0, (int)Math.Min(64, file.Length))) is { } kind && file.Length > 8 && file.Span(8, 1)[0] != (byte)'{')
            return ModelFileException.In(file.Path, $"is not a safetensors file: it looks like {kind}");
        return length > LongestHeader
            ? ModelFileException.In(file.Path, $"announces a header of {length} bytes, the format allows {LongestHeader}: not a safetensors file, or damaged; download it again")
            : ModelFileException.In(file.Path, $"ends at byte {file.Length} but its header needs bytes up to {8 + length}: the file is cut short; download it again");
    }

    private static ModelFileException BadStart(MappedFile file)
    {
        var kind = FileKind.Guess(file.Span(0, (int)Math.Min(64, file.Length)));
        return kind is null
            ? ModelFileException.In(file.Path, $"is not a safetensors file: its header does not begin with '{{'; download it again")
            : ModelFileException.In(file.Path, $"is not a safetensors file: it looks like {kind}");
    }
}
