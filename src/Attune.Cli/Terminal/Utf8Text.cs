using System.Text;

namespace Attune.Cli.Terminal;

/// <summary>Text that must be UTF-8.</summary>
internal static class Utf8Text
{
    private const char ByteOrderMark = '\uFEFF';

    /// <summary>A reader for which wrong bytes are an error (<see cref="DecoderFallbackException"/>), not question marks; a byte order mark comes through.</summary>
    public static StreamReader Reader(Stream stream) => new(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);

    /// <summary>The first line of a text without its byte order mark.</summary>
    public static string FirstLine(string line) => line.TrimStart(ByteOrderMark);
}
