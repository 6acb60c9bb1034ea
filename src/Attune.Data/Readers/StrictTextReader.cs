using System.Buffers;
using System.Globalization;
using System.Text;
using Attune.Tensors;

namespace Attune.Data;

/// <summary>
/// Text of a file by lines, as strict as data must be: UTF-8 (a byte order mark is skipped), no NUL, lines up to a limit.
/// What is wrong is an error with the line. The adapter for CsvHelper is <see cref="Read(char[], int, int)"/>.
/// </summary>
internal sealed class StrictTextReader(Stream stream, string path, int lineLimit = StrictTextReader.DefaultLineLimit) : TextReader
{
    /// <summary>8 MiB: far above any row of text, and small enough that a file without line ends cannot fill the memory.</summary>
    public const int DefaultLineLimit = 8 << 20;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] buffer = new byte[64 << 10];
    private readonly ArrayBufferWriter<byte> line = new();
    private int start, end;
    private string rest = "";
    private int restAt;

    /// <summary>The number of the line last read, from 1.</summary>
    public int Line { get; private set; }

    public static StrictTextReader Open(string path, int lineLimit = DefaultLineLimit)
    {
        if (!File.Exists(path))
            throw new AttuneException($"The file '{path}' does not exist; check the path.");
        try
        {
            return new StrictTextReader(File.OpenRead(path), path, lineLimit);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException($"The file '{path}' cannot be opened ({e.Message.TrimEnd('.')}); check its permissions.", inner: e);
        }
    }

    /// <summary>The first character of a file that is no blank, as far as the first 64 KiB tell; for bytes above ASCII the byte.</summary>
    public char? PeekFirst()
    {
        if (start == end && !Fill())
            return null;
        var text = buffer.AsSpan(start, end - start).TrimStart(" \t\r\n"u8);
        return text.IsEmpty ? null : (char)text[0];
    }

    /// <summary>The next line with its line end; null at the end of the file.</summary>
    public string? ReadRawLine()
    {
        line.ResetWrittenCount();
        while (start < end || Fill())
        {
            var part = buffer.AsSpan(start, end - start);
            var newline = part.IndexOf((byte)'\n');
            var length = newline < 0 ? part.Length : newline + 1;
            line.Write(part[..length]);
            start += length;
            if (line.WrittenCount > lineLimit)
                throw Wrong(Line + 1, string.Create(CultureInfo.InvariantCulture, $"is longer than {lineLimit >> 20} MiB; expected one row a line"));
            if (newline >= 0)
                break;
        }

        if (line.WrittenCount == 0)
            return null;
        Line++;
        return Decode(line.WrittenSpan);
    }

    public override string? ReadLine() => ReadRawLine()?.TrimEnd('\n').TrimEnd('\r');

    public override int Peek() => Advance() ? rest[restAt] : -1;

    public override int Read() => Advance() ? rest[restAt++] : -1;

    public override int Read(char[] target, int index, int count)
    {
        if (!Advance())
            return 0;
        var length = Math.Min(count, rest.Length - restAt);
        rest.CopyTo(restAt, target, index, length);
        restAt += length;
        return length;
    }

    protected override void Dispose(bool disposing)
    {
        stream.Dispose();
        base.Dispose(disposing);
    }

    private bool Advance()
    {
        if (restAt < rest.Length)
            return true;
        (rest, restAt) = (ReadRawLine() ?? "", 0);
        return rest.Length > 0;
    }

    private bool Fill()
    {
        start = 0;
        end = stream.ReadAtLeast(buffer, Line == 0 && line.WrittenCount == 0 ? 4 : 1, throwOnEndOfStream: false);
        if (Line == 0 && line.WrittenCount == 0)
            start = SkipMark(buffer.AsSpan(0, end));
        return start < end;
    }

    private int SkipMark(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith<byte>([0xFF, 0xFE]) || head.StartsWith<byte>([0xFE, 0xFF]))
            throw new AttuneException($"The file '{path}' is UTF-16; save it as UTF-8.");
        if (head.StartsWith("PK\u0003\u0004"u8))
            throw new AttuneException($"The file '{path}' is a zip archive or a workbook, not text; save the sheet as CSV in UTF-8.");
        if (head.StartsWith("PAR1"u8))
            throw new AttuneException($"The file '{path}' is in Parquet format; write it as JSON Lines or CSV.");
        if (head.StartsWith<byte>([0x1F, 0x8B]))
            throw new AttuneException($"The file '{path}' is compressed; unpack it first.");
        return head.StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? 3 : 0;
    }

    private string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Contains((byte)0))
            throw Wrong(Line, "holds a NUL byte, so this is no text file; expected UTF-8 text");
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            var found = e.BytesUnknown is { Length: > 0 } b ? $" (byte 0x{Convert.ToHexString(b)})" : "";
            throw Wrong(Line, $"is not UTF-8{found}; save the file as UTF-8");
        }
    }

    private AttuneException Wrong(int number, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{path} line {number} {what}."));
}
