using System.IO.MemoryMappedFiles;

namespace Attune.Models.Files;

/// <summary>
/// A file mapped into memory for reading: pages come from the disk when they are touched, and are shared between processes.
/// The file must not be shortened while it is mapped. Unmapped by <see cref="Dispose"/>, at the latest by the finaliser of its handle.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;
    private byte* pointer;

    private MappedFile(string path, MemoryMappedFile map, MemoryMappedViewAccessor view, long length)
    {
        Path = path;
        Length = length;
        this.map = map;
        this.view = view;
        // The view starts at byte 0, so the handle is the address; the handle unmaps even where Dispose is forgotten.
        pointer = (byte*)view.SafeMemoryMappedViewHandle.DangerousGetHandle();
    }

    /// <summary>The path as it was given.</summary>
    public string Path { get; }

    public long Length { get; }

    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public byte* Pointer => pointer is null ? throw new ObjectDisposedException(nameof(MappedFile), Path + " is closed") : pointer;

    /// <exception cref="ModelFileException">The file is missing, empty, a folder, or may not be read.</exception>
    public static MappedFile Open(string path)
    {
        if (Directory.Exists(path))
            throw ModelFileException.In(path, $"is a folder where a file was expected; give the path of the file inside it");
        if (!File.Exists(path))
            throw ModelFileException.In(path, $"does not exist; check the path");
        try
        {
            return Map(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw ModelFileException.In(path, $"cannot be read ({e.Message}); check its permissions and that the disk is there", e);
        }
    }

    /// <summary>The bytes from <paramref name="offset"/>; the caller has checked that they are there.</summary>
    public ReadOnlySpan<byte> Span(long offset, int length) => new(Pointer + offset, length);

    public void Dispose()
    {
        pointer = null;
        view.Dispose();
        map.Dispose();
    }

    private static MappedFile Map(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        MemoryMappedFile? map = null;
        try
        {
            var length = RandomAccess.GetLength(handle);
            if (length == 0)
                throw ModelFileException.In(path, $"is empty (0 bytes); download it again");
            map = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            // A capacity of `length`, not 0: the view would otherwise be rounded up to whole pages.
            return new MappedFile(path, map, map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), length);
        }
        catch
        {
            map?.Dispose();
            handle.Dispose();
            throw;
        }
    }
}
