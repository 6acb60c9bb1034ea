using System.IO.Compression;

namespace Attune.Models.Files;

/// <summary>The arrays of an .npz archive, which is a zip file of .npy files. Each is unpacked when it is asked for.</summary>
public sealed class NumpyArchive : IDisposable
{
    // Deflate makes 1032 bytes of one at the most.
    private const long MostExpansion = 1040;

    private readonly FileStream stream;
    private readonly ZipArchive archive;
    private readonly OrderedDictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);

    private NumpyArchive(string path, FileStream stream, ZipArchive archive)
    {
        Path = path;
        this.stream = stream;
        this.archive = archive;
    }

    /// <summary>The path as it was given.</summary>
    public string Path { get; }

    /// <summary>The arrays' names without .npy, in the order of the archive.</summary>
    public IEnumerable<string> Names => entries.Keys;

    /// <exception cref="ModelFileException">The file is missing, no zip archive, or holds something other than arrays.</exception>
    public static NumpyArchive Open(string path)
    {
        FileStream? stream = null;
        try
        {
            if (!File.Exists(path))
                throw ModelFileException.In(path, $"does not exist; check the path");
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            var result = new NumpyArchive(path, stream, new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true));
            result.List();
            return result;
        }
        catch (Exception e) when (Broken(e))
        {
            stream?.Dispose();
            throw ModelFileException.In(path, $"is not a valid .npz archive ({e.Message.TrimEnd('.')}); write it with numpy.savez", e);
        }
        catch
        {
            stream?.Dispose();
            throw;
        }
    }

    /// <summary>One array, read whole.</summary>
    /// <exception cref="ModelFileException">There is none of that name, or it is no valid .npy file.</exception>
    public NumpyArray Read(string name)
    {
        if (!entries.TryGetValue(name, out var entry))
            throw ModelFileException.In(Path, $"has no array {Shown.Quoted(name)}; it has {string.Join(", ", entries.Keys.Take(8).Select(Shown.Quoted))}");
        if (entry.Length > Math.Min(Array.MaxLength, (entry.CompressedLength * MostExpansion) + MostExpansion))
            throw ModelFileException.In(Path, $"announces {entry.Length} bytes for the array {Shown.Quoted(name)}, which its {entry.CompressedLength} packed bytes cannot hold at once; save it in a .npy file");
        try
        {
            // Pinned, so that its address stays.
            var bytes = GC.AllocateUninitializedArray<byte>((int)entry.Length, pinned: true);
            using var part = entry.Open();
            part.ReadExactly(bytes);
            return NumpyArray.Of(Path + ":" + name, bytes);
        }
        catch (Exception e) when (Broken(e))
        {
            throw ModelFileException.In(Path, $"holds the array {Shown.Quoted(name)}, which cannot be unpacked ({e.Message.TrimEnd('.')}); write it again", e);
        }
    }

    public void Dispose()
    {
        archive.Dispose();
        stream.Dispose();
    }

    private void List()
    {
        const string end = ".npy";
        foreach (var entry in archive.Entries)
        {
            var name = entry.FullName;
            if (!name.EndsWith(end, StringComparison.Ordinal) || !entries.TryAdd(name[..^end.Length], entry))
                throw ModelFileException.In(Path, $"holds {Shown.Quoted(name)} twice, or it is no .npy file; write it with numpy.savez");
        }
    }

    private static bool Broken(Exception e) => e is IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException or ArgumentException;
}
