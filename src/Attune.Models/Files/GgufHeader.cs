namespace Attune.Models.Files;

/// <summary>Everything in a GGUF file before its tensors.</summary>
internal sealed class GgufHeader
{
    // Alignments in use are 32 and 64; a page of the largest kind (64 KiB) leaves room.
    private const long LargestAlignment = 1 << 16;
    private const int LeastEntryBytes = 8 + 4 + 1;

    private GgufHeader(int version, GgufMetadata metadata, int alignment, long dataOffset, IReadOnlyList<TensorInfo> tensors)
    {
        Version = version;
        Metadata = metadata;
        Alignment = alignment;
        DataOffset = dataOffset;
        Tensors = tensors;
    }

    public int Version { get; }

    public GgufMetadata Metadata { get; }

    public int Alignment { get; }

    public long DataOffset { get; }

    /// <summary>The tensors in the order of their entries, with offsets from the start of the file.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    public static GgufHeader Read(MappedFile file)
    {
        var cursor = new GgufCursor(file);
        CheckMagic(file, cursor);
        var version = ReadVersion(cursor);
        var tensorCount = cursor.ReadCount("tensors", GgufTensorReader.LeastBytes);
        var entryCount = cursor.ReadCount("metadata entries", LeastEntryBytes);
        var metadata = new GgufMetadata(file.Path, ReadEntries(cursor, entryCount));
        var alignment = ReadAlignment(cursor, metadata);
        var (tensors, dataOffset) = GgufTensorReader.Read(file, cursor, tensorCount, alignment);
        return new GgufHeader(version, metadata, alignment, dataOffset, tensors);
    }

    private static void CheckMagic(MappedFile file, GgufCursor cursor)
    {
        var start = file.Span(0, (int)Math.Min(64, file.Length));
        if (start.StartsWith("GGUF"u8))
        {
            cursor.Read<uint>("the magic");
            return;
        }
        if (start.Length < 4 && "GGUF"u8.StartsWith(start))
            throw cursor.Error($"ends after {file.Length} bytes: the file is cut short; download it again");
        if (start.StartsWith("FUGG"u8))
            throw BigEndian(cursor);
        throw FileKind.Guess(start) is { } kind
            ? cursor.Error($"is not a GGUF file: it looks like {kind}")
            : cursor.Error($"is not a GGUF file: it does not begin with 'GGUF'; give a GGUF file, or convert this one");
    }

    private static int ReadVersion(GgufCursor cursor)
    {
        var version = cursor.Read<uint>("the version");
        // A version in the upper half only is a small number in the other byte order.
        if (version != 0 && (version & 0xFFFF) == 0)
            throw BigEndian(cursor);
        return version is 2 or 3
            ? (int)version
            : throw cursor.Error($"is GGUF version {version}, versions 2 and 3 are read; convert the model again with current tools");
    }

    private static ModelFileException BigEndian(GgufCursor cursor) =>
        cursor.Error($"is a big-endian GGUF file, only little-endian ones are read; convert it for little endian");

    private static OrderedDictionary<string, GgufValue> ReadEntries(GgufCursor cursor, long count)
    {
        var entries = new OrderedDictionary<string, GgufValue>(StringComparer.Ordinal);
        for (long i = 0; i < count; i++)
        {
            var key = cursor.ReadText(FormattableString.Invariant($"the key of metadata entry {i}"));
            if (key.Length == 0)
                throw cursor.Error($"has an empty key at metadata entry {i}: the file is damaged; download it again");
            if (!entries.TryAdd(key, GgufValueReader.Read(cursor, key)))
                throw cursor.Error($"has the metadata key {Shown.Quoted(key)} twice; convert the model again");
        }
        return entries;
    }

    private static int ReadAlignment(GgufCursor cursor, GgufMetadata metadata)
    {
        var alignment = metadata.FindInteger(GgufFile.AlignmentKey) ?? GgufFile.DefaultAlignment;
        return alignment is > 0 and <= LargestAlignment && (alignment & (alignment - 1)) == 0
            ? (int)alignment
            : throw cursor.Error($"has {GgufFile.AlignmentKey} {alignment}, expected a power of two up to {LargestAlignment}: the file is damaged; download it again");
    }
}
