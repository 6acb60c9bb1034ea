namespace Attune.Models.Files;

/// <summary>
/// A GGUF file (version 2 or 3, little endian), mapped: magic, version, counts, metadata, tensor entries, then tensors that start at multiples
/// of the alignment. Source: docs/gguf.md of ggml. Shapes are turned to slowest axis first.
/// </summary>
public sealed class GgufFile : ITensorSource
{
    internal const string AlignmentKey = "general.alignment";
    internal const int DefaultAlignment = 32;

    private readonly MappedFile file;
    private readonly OrderedDictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);

    private GgufFile(MappedFile file, GgufHeader header)
    {
        this.file = file;
        Version = header.Version;
        Alignment = header.Alignment;
        DataOffset = header.DataOffset;
        Metadata = header.Metadata;
        foreach (var info in header.Tensors)
            tensors.Add(info.Name, new StoredTensor(file, info));
    }

    /// <summary>The path as it was given.</summary>
    public string Path => file.Path;

    public int Version { get; }

    /// <summary>Every tensor starts at a multiple of it, counted in bytes from <see cref="DataOffset"/>.</summary>
    public int Alignment { get; }

    /// <summary>Where the part with the tensors begins, in bytes from the start of the file.</summary>
    public long DataOffset { get; }

    public GgufMetadata Metadata { get; }

    public IReadOnlyDictionary<string, StoredTensor> Tensors => tensors;

    /// <summary>Maps the file, reads its metadata, and checks every tensor's place against the bytes that are there. Reads no tensor.</summary>
    /// <exception cref="ModelFileException">The file is missing, cut short, or not a valid GGUF file.</exception>
    public static GgufFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new GgufFile(file, GgufHeader.Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => file.Dispose();
}
