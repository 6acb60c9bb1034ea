namespace Attune.Models.Files;

/// <summary>
/// The 12 bytes of Q4_K and Q5_K with 8 scales and 8 minima of 6 bits. Groups 0–3: the low 6 bits of bytes 0–3 and 4–7.
/// Groups 4–7: nibbles of bytes 8–11 (low: scale, high: minimum), and above them the top 2 bits of bytes 0–3 and 4–7.
/// </summary>
internal static class KScales
{
    public static (int Scale, int Minimum) Read(ReadOnlySpan<byte> scales, int group) => group < 4
        ? (scales[group] & 63, scales[group + 4] & 63)
        : ((scales[group + 4] & 15) | (scales[group - 4] >> 6 << 4), (scales[group + 4] >> 4) | (scales[group] >> 6 << 4));

    public static void Write(Span<byte> packed, ReadOnlySpan<byte> scales, ReadOnlySpan<byte> minima)
    {
        for (var group = 0; group < 4; group++)
        {
            packed[group] = (byte)(scales[group] | (scales[group + 4] >> 4 << 6));
            packed[group + 4] = (byte)(minima[group] | (minima[group + 4] >> 4 << 6));
            packed[group + 8] = (byte)((scales[group + 4] & 15) | ((minima[group + 4] & 15) << 4));
        }
    }
}
