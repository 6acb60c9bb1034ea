using System.Text;
using Attune.Tensors;

namespace Attune.Models.Files;

/// <summary>Writes a file that is there whole or not at all: into a neighbour first, flushed to the disk, then renamed over the old one.</summary>
public static class AtomicFile
{
    /// <exception cref="AttuneException">The disk is full, the folder missing, or writing not allowed; the old file is then untouched.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var partial = FormattableString.Invariant($"{path}.{Environment.ProcessId}.partial");
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException($"{path} could not be written ({e.Message}); free space on the disk or choose another folder", AttuneErrorKind.Work, e);
        }
        finally
        {
            Remove(partial);
        }
    }

    /// <summary>Writes a text in UTF-8.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})" path="/exception"/>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static void Remove(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What failed before this says why; a second error would hide it.
        }
    }
}
