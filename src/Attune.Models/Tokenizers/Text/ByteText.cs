using System.Globalization;
using System.Text;

namespace Attune.Models.Tokenizers;

/// <summary>Bytes as a person reads them.</summary>
internal static class ByteText
{
    /// <summary>Valid UTF-8 as text, any other byte as \xE4.</summary>
    public static string Readable(ReadOnlySpan<byte> bytes)
    {
        var result = new StringBuilder(bytes.Length);
        while (bytes.Length > 0)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var used) == System.Buffers.OperationStatus.Done)
                result.Append(rune);
            else
                foreach (var value in bytes[..used])
                    result.Append(CultureInfo.InvariantCulture, $"\\x{value:X2}");
            bytes = bytes[used..];
        }
        return result.ToString();
    }
}
