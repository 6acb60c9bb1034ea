using System.Buffers.Binary;
using System.Text;
using Attune.Tensors;

namespace Attune.Tests.Fuzzing;

/// <summary>Damage done to a valid file: bytes, lengths, blocks, and for texts values and nesting too.</summary>
internal static class Mutation
{
    private static readonly ulong[] Extremes =
    [
        0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, 0x3FFFFFFFFFFFFFFF, 0x4000000000000000,
        0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFE0,
    ];

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "null", "true", "false", "0", "-1", "1", "2147483647", "2147483648", "4294967296", "-9223372036854775808", "9223372036854775808",
            "99999999999999999999999999", "1e999", "-1e999", "0.5", "1e-400", "\"\"", "\"x\"", "[]", "{}", "[[]]", "[null]", "{\"x\":null}", "[0]", "\"\\ud800\"",
            "\"\\u0000\"", "NaN", "Infinity", "\"123\"", "{\"a\":1,\"a\":2}",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly byte[][] Openings = [.. new[] { "[", "{\"a\":", "{%if x%}", "{{(", "(", "[[", "{a: ", "- ", "\"", "{\"type\":\"Sequence\",\"normalizers\":[" }.Select(Encoding.UTF8.GetBytes)];

    /// <summary>The seed with one to four changes; <paramref name="other"/> gives what is spliced in.</summary>
    public static byte[] Of(byte[] seed, byte[] other, bool isText, SeededRandom random)
    {
        var bytes = seed;
        // Few changes most often: many together are refused by the first.
        for (var left = random.Next(2) == 0 ? 1 : 1 + random.Next(4); left > 0; left--)
            bytes = isText && random.Next(2) == 0 ? OfText(bytes, random) : OfBytes(bytes, other, random);
        return bytes;
    }

    private static byte[] OfBytes(byte[] bytes, byte[] other, SeededRandom random)
    {
        if (bytes.Length == 0)
            return [(byte)random.Next(256)];
        var at = Place(bytes.Length, random);
        switch (random.Next(9))
        {
            case 0: return Changed(bytes, b => b[at] ^= (byte)(1 << random.Next(8)));
            case 1: return Changed(bytes, b => b[at] = (byte)random.Next(256));
            case 2: return Changed(bytes, b => WriteExtreme(b.AsSpan(at), 4, random));
            case 3: return Changed(bytes, b => WriteExtreme(b.AsSpan(at), 8, random));
            case 4: return bytes[..at];
            case 5: return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + 1 + random.Next(16))..]];
            case 6: return [.. bytes[..at], .. Block(bytes, random), .. bytes[at..]];
            case 7: return [.. bytes[..at], .. Block(other, random), .. bytes[at..]];
            default: return [.. bytes[..at], .. other[Math.Min(at, other.Length)..]];
        }
    }

    private static byte[] OfText(byte[] bytes, SeededRandom random)
    {
        var (start, end) = Value(bytes, Place(Math.Max(1, bytes.Length), random));
        switch (random.Next(16))
        {
            case 0:
                // Depths around common limits, and one that would overflow a stack.
                var opening = Openings[random.Next(Openings.Length)];
                int[] depths = [60, 70, 600, 20000];
                return [.. bytes[..start], .. Enumerable.Repeat(opening, depths[random.Next(depths.Length)]).SelectMany(o => o), .. bytes[end..]];
            case 1: return [.. bytes[..start], .. bytes[end..]];
            case 2: return [.. bytes[..end], .. bytes[start..end], .. bytes[end..]];
            case 3 when bytes.Length > 0: return Changed(bytes, b => b[start < b.Length ? start : 0] = (byte)"{}[]\",:'%-+*\\\n\t#&!|>"[random.Next(20)]);
            default: return [.. bytes[..start], .. Words[random.Next(Words.Length)], .. bytes[end..]];
        }
    }

    // From a place, the extent of the value (or word) there: up to the next mark of structure.
    private static (int Start, int End) Value(byte[] bytes, int at)
    {
        at = Math.Min(at, bytes.Length);
        var start = bytes.AsSpan(at).IndexOfAny(":,["u8);
        start = start < 0 ? at : at + start + 1;
        while (start < bytes.Length && bytes[start] is (byte)' ' or (byte)'\n')
            start++;
        var length = bytes.AsSpan(start).IndexOfAny(",]}\n"u8);
        return (start, length < 0 ? bytes.Length : start + length);
    }

    // Headers stand at the beginning: half of the changes go there.
    private static int Place(int length, SeededRandom random) => random.Next(2) == 0 ? random.Next(Math.Min(length, 256)) : random.Next(length);

    private static void WriteExtreme(Span<byte> at, int size, SeededRandom random)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, Extremes[random.Next(Extremes.Length)]);
        var count = Math.Min(size, at.Length);
        number[..count].CopyTo(at);
    }

    private static byte[] Block(byte[] from, SeededRandom random)
    {
        var start = random.Next(from.Length + 1);
        return from[start..Math.Min(from.Length, start + 1 + random.Next(64))];
    }

    private static byte[] Changed(byte[] bytes, Action<byte[]> change)
    {
        var copy = (byte[])bytes.Clone();
        change(copy);
        return copy;
    }
}
