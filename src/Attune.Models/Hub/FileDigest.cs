using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Attune.Models.Hub;

/// <summary>A hash by which a hub names the content of a file.</summary>
/// <param name="IsGitBlob">SHA-1 over "blob LENGTH\0" and the content, as git names small files; otherwise SHA-256 of the content.</param>
/// <param name="Hex">Lower-case hexadecimal.</param>
public sealed record FileDigest(bool IsGitBlob, string Hex)
{
    private const int Chunk = 1 << 20;

    public string Kind => IsGitBlob ? "git blob SHA-1" : "SHA-256";

    /// <summary>Reads an ETag or a hash: 64 hexadecimal digits are a SHA-256, 40 a git blob; anything else says nothing about the content.</summary>
    public static FileDigest? Parse(string? text)
    {
        var hex = text?.Trim().Trim('"').ToLowerInvariant() ?? "";
        if (!hex.All(char.IsAsciiHexDigitLower))
            return null;
        return hex.Length switch { 64 => new FileDigest(false, hex), 40 => new FileDigest(true, hex), _ => null };
    }

    /// <summary>Whether a file has this hash.</summary>
    public bool Matches(string path, CancellationToken cancel) => Of(path, IsGitBlob, cancel).Hex == Hex;

    public static FileDigest Of(string path, bool gitBlob, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(gitBlob ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256);
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        if (gitBlob)
            hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {RandomAccess.GetLength(file)}\0")));
        var buffer = new byte[Chunk];
        for (var at = 0L; RandomAccess.Read(file, buffer, at) is var count and > 0; at += count)
        {
            cancel.ThrowIfCancellationRequested();
            hash.AppendData(buffer.AsSpan(0, count));
        }
        return new FileDigest(gitBlob, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
