using System.Security.Cryptography;

namespace Attune.Models.Loading;

/// <summary>What identifies a model's files.</summary>
internal static class FileHash
{
    private const int Chunk = 1 << 20;

    /// <summary>The first 16 hexadecimal digits of SHA-256 over the files' SHA-256 hashes, in their order.</summary>
    public static string Of(IReadOnlyList<string> files)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[Chunk];
        foreach (var path in files)
            all.AppendData(One(path, buffer));
        return Convert.ToHexStringLower(all.GetHashAndReset())[..16];
    }

    private static byte[] One(string path, byte[] buffer)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        for (var at = 0L; RandomAccess.Read(file, buffer, at) is var count and > 0; at += count)
            hash.AppendData(buffer.AsSpan(0, count));
        return hash.GetHashAndReset();
    }
}
