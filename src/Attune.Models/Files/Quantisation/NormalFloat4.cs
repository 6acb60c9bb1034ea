using Attune.Tensors;

namespace Attune.Models.Files;

/// <summary>
/// 4-bit NormalFloat: a code stands for one of 16 quantiles of a normal distribution within −1 … 1, times the largest magnitude of its block of 64.
/// Source: Dettmers et al., QLoRA: Efficient Finetuning of Quantized LLMs, 2023, section 3 and appendix E; packed as bitsandbytes does, the even
/// element in the high nibble. The scales are not quantised again.
/// </summary>
public static class NormalFloat4
{
    /// <summary>Elements that share a scale.</summary>
    public const int Block = 64;

    // Appendix E, as float32.
    private static readonly float[] Values =
    [
        -1f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0f,
        0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f, 0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1f,
    ];

    /// <summary>The value of each code, ascending.</summary>
    public static ReadOnlySpan<float> Table => Values;

    /// <summary>Codes of whole blocks, two to a byte, and the largest magnitude of each block. The nearest code; the lower of two that are as near.</summary>
    /// <param name="values">As many as whole blocks have.</param>
    /// <param name="packed">Half as many bytes.</param>
    /// <param name="largest">One for each block.</param>
    /// <param name="table">16 ascending values where a file brings its own; empty: <see cref="Table"/>.</param>
    /// <exception cref="ArgumentException">The lengths are not those of the same whole blocks.</exception>
    /// <exception cref="AttuneException">A value is NaN or infinite.</exception>
    public static void Quantise(ReadOnlySpan<float> values, Span<byte> packed, Span<float> largest, ReadOnlySpan<float> table = default)
    {
        table = Check(packed, largest, values.Length, table);
        if (values.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is var at and >= 0)
            throw new AttuneException(FormattableString.Invariant($"value {at} is {values[at]}, which NF4 cannot hold; find what made the weights diverge"), AttuneErrorKind.Work);
        for (var block = 0; block < largest.Length; block++)
        {
            var x = values.Slice(block * Block, Block);
            largest[block] = MathF.Abs(BlockFit.Farthest(x));
            var to = packed.Slice(block * Block / 2, Block / 2);
            for (var i = 0; i < to.Length; i++)
                to[i] = (byte)((Code(x[2 * i], largest[block], table) << 4) | Code(x[(2 * i) + 1], largest[block], table));
        }
    }

    /// <summary>value = table[code]·largest, one product rounded to float32.</summary>
    /// <inheritdoc cref="Quantise" path="/param"/>
    /// <exception cref="ArgumentException">The lengths are not those of the same whole blocks.</exception>
    public static void Dequantise(ReadOnlySpan<byte> packed, ReadOnlySpan<float> largest, Span<float> values, ReadOnlySpan<float> table = default)
    {
        table = Check(packed, largest, values.Length, table);
        for (var i = 0; i < packed.Length; i++)
        {
            var scale = largest[2 * i / Block];
            values[2 * i] = table[packed[i] >> 4] * scale;
            values[(2 * i) + 1] = table[packed[i] & 15] * scale;
        }
    }

    private static int Code(float value, float largest, ReadOnlySpan<float> table)
    {
        var scaled = largest == 0 ? 0 : value / largest;
        var code = 0;
        while (code < table.Length - 1 && scaled > ((double)table[code] + table[code + 1]) / 2)
            code++;
        return code;
    }

    private static ReadOnlySpan<float> Check(ReadOnlySpan<byte> packed, ReadOnlySpan<float> largest, int values, ReadOnlySpan<float> table)
    {
        if (table.Length is not (0 or 16))
            throw new ArgumentException(FormattableString.Invariant($"NormalFloat4: a table has 16 values, not {table.Length}"));
        if (values % Block != 0 || packed.Length != values / 2 || largest.Length != values / Block)
            throw new ArgumentException(FormattableString.Invariant(
                $"NormalFloat4: {values} values in blocks of {Block}, {packed.Length} bytes and {largest.Length} scales do not belong together"));
        return table.IsEmpty ? Values : table;
    }
}
