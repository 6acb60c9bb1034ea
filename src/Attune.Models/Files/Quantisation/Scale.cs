using System.Buffers.Binary;

namespace Attune.Models.Files;

/// <summary>The float16 scales in blocks.</summary>
internal static class Scale
{
    public static float Read(ReadOnlySpan<byte> at) => (float)BinaryPrimitives.ReadHalfLittleEndian(at);

    public static void Write(Span<byte> at, float scale) => BinaryPrimitives.WriteHalfLittleEndian(at, (Half)scale);

    /// <summary>1/d, and 0 for d = 0. Taken of d before its rounding to float16, as ggml does.</summary>
    public static float Inverse(float d) => d == 0 ? 0 : 1 / d;
}
