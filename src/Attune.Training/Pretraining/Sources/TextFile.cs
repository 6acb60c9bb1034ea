using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>Reads text files: strictly UTF-8, line ends as \n, a byte order mark skipped.</summary>
internal static class TextFile
{
    /// <summary>The text, and SHA-256 of the file's bytes.</summary>
    /// <exception cref="AttuneException">The file is missing, cannot be read, or is not UTF-8; the message gives the byte.</exception>
    public static (string Text, byte[] Hash) Read(string path)
    {
        var bytes = Bytes(path);
        var content = bytes.AsSpan();
        if (content.StartsWith<byte>([0xEF, 0xBB, 0xBF]))
            content = content[3..];
        if (!Utf8.IsValid(content))
        {
            var wrong = FirstInvalid(content) + (bytes.Length - content.Length);
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"'{path}' is not UTF-8 at byte {wrong} (0x{bytes[wrong]:X2}); save it as UTF-8"));
        }
        return (Encoding.UTF8.GetString(content).ReplaceLineEndings("\n"), SHA256.HashData(bytes));
    }

    private static byte[] Bytes(string path)
    {
        if (!File.Exists(path))
            throw new AttuneException($"the text file '{path}' does not exist; check its path");
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException($"the text file '{path}' cannot be read ({e.Message.TrimEnd('.')}); check its permissions", inner: e);
        }
    }

    /// <summary>Offset of the first byte that belongs to no character.</summary>
    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
            at += length;
        return at;
    }
}
