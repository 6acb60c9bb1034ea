using Attune.Tensors;
using Attune.Tensors.Kernels;
using Attune.Tensors.Kernels.Reference;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors;

/// <summary>Rows of activations whose blocks differ much in magnitude, so that some have fine halves, in every group of rows other ones.</summary>
public sealed unsafe class FineHalfTests
{
    private const int Columns = 320;
    private const int Outputs = 37;

    public static TheoryData<string> Tiers => FastPrecisionTests.Tiers;

    [SkippableTheory]
    [MemberData(nameof(Tiers))]
    public void IntegerProduct_OutlierBlocks_EqualTheReferenceInEveryBatch(string name)
    {
        var tier = Supported(name);
        var random = new SeededRandom(61);
        foreach (var format in FastPrecisionCases.Quantised)
        {
            var packed = RandomWeights.Packed(format, Outputs, Columns, random);
            using var weight = WeightMatrix.Create(format, Outputs, Columns, packed);
            for (var rows = 1; rows <= 14; rows++)
            {
                var x = Outliers(random, rows);
                var y = FastPrecisionCases.Product(weight, x, tier);
                FastPrecisionCases.AssertSameBits(ReferenceFastProduct.Integer(format, packed, Outputs, Columns, x), y, $"{name} {format} {rows} rows");
                for (var row = 0; row < rows; row++)
                    FastPrecisionCases.AssertSameBits(
                        y[(row * Outputs)..((row + 1) * Outputs)],
                        FastPrecisionCases.Product(weight, x[(row * Columns)..((row + 1) * Columns)], tier), $"{name} {format} row {row} of {rows} alone");
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Tiers))]
    public void IntegerProduct_OutlierBlocks_AreHalfAStepFromTheExactProduct(string name)
    {
        var tier = Supported(name);
        var random = new SeededRandom(62);
        foreach (var format in FastPrecisionCases.Quantised)
        {
            var packed = RandomWeights.Packed(format, Outputs, Columns, random);
            using var weight = WeightMatrix.Create(format, Outputs, Columns, packed);
            var x = Outliers(random, 14);
            var y = FastPrecisionCases.Product(weight, x, tier);
            for (var i = 0; i < y.Length; i++)
            {
                var row = x.AsSpan(i / Outputs * Columns, Columns);
                var (value, bound) = Expected(format, packed.AsSpan(packed.Length / Outputs * (i % Outputs)), row);
                Assert.True(Math.Abs(y[i] - value) <= bound, FormattableString.Invariant($"{name} {format}: element {i} is {y[i]:R}, expected {value:R} within {bound:R}"));
            }
        }
    }

    [SkippableTheory, InlineData(16), InlineData(8), InlineData(4), InlineData(1)]
    public void Quantise_OutlierBlocks_AreHalfAStepFromTheirNumbers(int width)
    {
        Skip.If(width > KernelTier.Width, $"this processor has no {width} lanes, or they are switched off");
        const int Rows = 14;
        var x = Outliers(new SeededRandom(63), Rows);
        using var memory = new Arena();
        var bytes = memory.Take(ByteActivations.Bytes(Rows, Columns));
        fixed (float* p = x)
            ByteActivations.Quantise(p, Rows, Columns, -1, width, bytes);
        var (fine, coarse) = (0, 0);
        for (var row = 0; row < Rows; row++)
        {
            var list = (ushort*)(bytes + ByteActivations.ListsOffset(Rows, Columns)) + row / 6 * ByteActivations.ListLength(Columns);
            for (var b = 0; b < Columns / 32; b++)
            {
                var block = bytes + row * ByteActivations.RowBytes(Columns) + b * 40;
                var half = new ReadOnlySpan<ushort>(list + 1, *list).Contains((ushort)b) ? block + ByteActivations.FineOffset(Rows, Columns) : null;
                var values = x.AsSpan(row * Columns + b * 32, 32);
                var isFine = IsFine(x.AsSpan(row * Columns, Columns), b);
                Assert.True(half is not null || !isFine, $"row {row} has a fine block {b} that its group's list lacks");
                for (var i = 0; i < 32; i++)
                {
                    double got = Scaled(block, i) + (half is null ? 0 : Scaled(half, i));
                    // Half a step, and what the factor and the scale are rounded by.
                    Assert.True(Math.Abs(got - values[i]) <= 1.01 * Largest(values) / (isFine ? 65024 : 254), $"row {row}, block {b}, value {i} is {got}, expected {values[i]}");
                }
                _ = isFine ? fine++ : coarse++;
            }
        }
        Assert.True(fine > Rows && coarse > 5 * Rows, $"{fine} fine blocks and {coarse} others");
    }

    /// <summary>
    /// Normal rows with one or two blocks 300 times as large, other ones in each row; every fifth row has none, and one row of each batch from the third
    /// on is all zeros but for a block.
    /// </summary>
    private static float[] Outliers(SeededRandom random, int rows)
    {
        var x = TestTensors.Normal(random, rows * Columns);
        for (var row = 0; row < rows; row++)
            for (var b = 0; b < Columns / 32; b++)
            {
                var large = row % 5 != 4 && (b == row * 3 % 10 || b == (row * row + 1) % 10);
                for (var i = 0; i < 32; i++)
                    x[row * Columns + b * 32 + i] *= large ? 300 : row == 2 ? 0 : 1;
            }
        return x;
    }

    /// <summary>
    /// The product in double, and how far the formula lets y be from it: half a step of each block's scale for each weight, and the roundings of the
    /// float32 chain, two for each addend and one for each sum.
    /// </summary>
    private static (double Value, double Bound) Expected(WeightFormat format, ReadOnlySpan<byte> weights, ReadOnlySpan<float> x)
    {
        double value = 0, steps = 0, sizes = 0;
        for (var b = 0; b < x.Length / 32; b++)
        {
            var step = Largest(x.Slice(b * 32, 32)) / (IsFine(x, b) ? 65024.0 : 254);
            for (var i = b * 32; i < b * 32 + 32; i++)
            {
                var (w, size) = RandomWeights.At(format, weights, i);
                value += w * x[i];
                steps += step * Math.Abs(w);
                sizes += size * Math.Abs(x[i]);
            }
        }
        // Blocks and fine halves, each with two addends; the codes' own roundings are a hundredth of a step.
        var roundings = 2 * 2 * (x.Length / 32) + 3;
        return (value, 1.01 * (steps + Math.ScaleB(roundings * sizes, -24)));
    }

    /// <summary>Whether a block's largest squared magnitude is surely over the mean of its row: by more than roundings.</summary>
    private static bool IsFine(ReadOnlySpan<float> row, int block)
    {
        var mean = 0.0;
        for (var b = 0; b < row.Length; b += 32)
            mean += Math.Pow(Largest(row.Slice(b, 32)), 2) / (row.Length / 32);
        return Math.Pow(Largest(row.Slice(block * 32, 32)), 2) > mean * (1 + 1e-5);
    }

    private static double Largest(ReadOnlySpan<float> values)
    {
        var largest = 0f;
        foreach (var v in values)
            largest = Math.Max(largest, Math.Abs(v));
        return largest;
    }

    private static double Scaled(byte* block, int i) => (double)((sbyte*)block)[i] * *(float*)(block + 32);

    private static IntegerTier Supported(string name)
    {
        var tier = Enum.Parse<IntegerTier>(name);
        Skip.IfNot(IntegerTiers.IsSupported(tier), $"this processor has no {name}");
        return tier;
    }
}
