using System.Security.Cryptography;
using System.Text;

namespace Attune.Training.Pretraining;

/// <summary>A short hash of some of a generator's texts: it changes where the generator does.</summary>
internal static class Fingerprint
{
    public static string Of(IEnumerable<string> texts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u0001', texts))))[..16];
}
