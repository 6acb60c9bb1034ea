using System.Runtime.CompilerServices;
using System.Text;

namespace Attune.Models.Files;

/// <summary>Reads little-endian values forward through a mapped file; every length is checked against what is left before it is used.</summary>
internal sealed unsafe class GgufCursor(MappedFile file)
{
    /// <summary>The longest string in bytes; chat templates, the longest known, stay below 100,000.</summary>
    private const ulong LongestText = 1 << 24;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public long Position { get; private set; }

    public long Remaining => file.Length - Position;

    /// <param name="what">Named in the error where the bytes are not there, after <paramref name="part"/>; joined only then, as this runs for every token.</param>
    public T Read<T>(string what, string part = "")
        where T : unmanaged
    {
        Need((ulong)sizeof(T), what, part);
        var value = Unsafe.ReadUnaligned<T>(file.Pointer + Position);
        Position += sizeof(T);
        return value;
    }

    /// <summary>A count of things that take at least <paramref name="leastBytes"/> bytes each, so that a false one is found before anything is allocated.</summary>
    public long ReadCount(string what, int leastBytes)
    {
        var count = Read<ulong>(what, "the number of ");
        if (count > (ulong)(Remaining / leastBytes))
            throw Error($"announces {count} {what}, but only {Remaining} bytes are left: the file is cut short or damaged; download it again");
        return (long)count;
    }

    /// <summary>A string: 8 bytes of length, then UTF-8, not terminated.</summary>
    public string ReadText(string what)
    {
        var length = Read<ulong>(what, "the length of ");
        Need(length, what);
        if (length > LongestText)
            throw Error($"has {length} bytes in {what}, more than {LongestText}: the file is damaged; download it again");
        try
        {
            var text = Strict.GetString(file.Span(Position, (int)length));
            Position += (long)length;
            return text;
        }
        catch (DecoderFallbackException e)
        {
            throw ModelFileException.In(file.Path, $"has {what} at byte {Position} that is not UTF-8: the file is damaged; download it again", e);
        }
    }

    /// <summary>Numbers that lie side by side; the caller has checked that they are there.</summary>
    public T[] ReadMany<T>(int count)
        where T : unmanaged
    {
        var values = new T[count];
        fixed (T* target = values)
            Buffer.MemoryCopy(file.Pointer + Position, target, (long)count * sizeof(T), (long)count * sizeof(T));
        Position += (long)count * sizeof(T);
        return values;
    }

    public ModelFileException Error(FormattableString problem) => ModelFileException.In(file.Path, problem);

    private void Need(ulong bytes, string what, string part = "")
    {
        if (bytes > (ulong)Remaining)
            throw Error($"ends at byte {file.Length} but {part}{what} needs bytes up to {(UInt128)(ulong)Position + bytes}: the file is cut short; download it again");
    }
}
