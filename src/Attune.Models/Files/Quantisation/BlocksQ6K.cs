namespace Attune.Models.Files;

/// <summary>
/// Q6_K: 256 elements in 210 bytes: 128 bytes of low nibbles, 64 bytes of high 2 bits, 16 signed scales for groups of 16, float16 d last;
/// value (d·s)·(q − 32). In each half of 128 elements a high byte serves four elements 32 apart. Source: ggml-quants.c of ggml.
/// </summary>
internal static class BlocksQ6K
{
    private const int Length = 256;
    private const int Bytes = 210;

    public static void Read(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[Bytes..], values = values[Length..])
        {
            var d = Scale.Read(packed[208..]);
            for (var group = 0; group < 16; group++)
            {
                // A half holds four runs of 32 elements, a run two groups.
                int half = group / 8, run = group % 8 / 2, start = 16 * (group % 2);
                var scale = d * (sbyte)packed[192 + group];
                var low = packed.Slice((64 * half) + (32 * (run % 2)) + start, 16);
                var high = packed.Slice(128 + (32 * half) + start, 16);
                var lowShift = 4 * (run / 2);
                var target = values.Slice(16 * group, 16);
                for (var i = 0; i < target.Length; i++)
                    target[i] = scale * ((((low[i] >> lowShift) & 15) | (((high[i] >> (2 * run)) & 3) << 4)) - 32);
            }
        }
    }

    public static void Write(ReadOnlySpan<float> values, Span<byte> packed)
    {
        Span<sbyte> scales = stackalloc sbyte[16];
        Span<byte> all = stackalloc byte[Length];
        for (; values.Length > 0; packed = packed[Bytes..], values = values[Length..])
        {
            packed[..Bytes].Clear();
            Scale.Write(packed[208..], GroupScales.Signed(values[..Length], scales, all, -128, -32));
            for (var group = 0; group < 16; group++)
            {
                packed[192 + group] = (byte)scales[group];
                int half = group / 8, run = group % 8 / 2, start = 16 * (group % 2);
                var low = packed.Slice((64 * half) + (32 * (run % 2)) + start, 16);
                var high = packed.Slice(128 + (32 * half) + start, 16);
                for (var i = 0; i < low.Length; i++)
                {
                    var code = all[(16 * group) + i];
                    low[i] |= (byte)((code & 15) << (4 * (run / 2)));
                    high[i] |= (byte)(code >> 4 << (2 * run));
                }
            }
        }
    }
}
