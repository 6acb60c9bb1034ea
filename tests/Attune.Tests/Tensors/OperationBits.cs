using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Attune.Tests.Tensors;

/// <summary>What every operation computes, forward and backward, as hashes: to compare thread counts and vector widths.</summary>
public static class OperationBits
{
    /// <summary>One line for each operation and size: its name and the hash of all its results' bits.</summary>
    public static string[] Compute(bool large)
    {
        (int, int)[] sizes = large ? [(130, 701)] : [(3, 37), (9, 130), (2, 1100)];
        return
        [
            .. from c in OperationCase.All
               from size in sizes
               select $"{c.Name} {size}: {Hash(c.Run(size.Item1, size.Item2, 23))}",
        ];
    }

    private static string Hash(float[][] results)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var r in results)
            hash.AppendData(MemoryMarshal.AsBytes(r.AsSpan()));
        return Convert.ToHexString(hash.GetHashAndReset(), 0, 8);
    }
}
