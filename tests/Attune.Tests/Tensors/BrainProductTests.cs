using Attune.Tensors;
using Attune.Tensors.Kernels;
using Attune.Tensors.Kernels.Reference;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors;

[Collection(nameof(FastPrecisionThreadTests))]
public sealed class BrainProductTests
{
    private static readonly int[] Columns = [5, 16, 21, 33, 64, 70];
    private static readonly int[] Depths = [1, 2, 33, 255, 256, 2047, 2048, 2049, 4097];

    /// <summary>Every number of rows with every depth; columns, layouts and adding so turned that each meets every other.</summary>
    private static IEnumerable<BrainProductCase> Cases(bool whole) =>
        from rows in Enumerable.Range(1, 13)
        from k in Enumerable.Range(0, Depths.Length)
        select new BrainProductCase(rows, Columns[(rows + k) % 6], Depths[k], (rows + k) / 6 % 2 == 1, (BrainProductCase.Layout)((rows + 2 * k) % 3), whole);

    [SkippableFact]
    public void Multiply_WholeNumbers_IsExact()
    {
        Skip.IfNot(BrainProduct.IsSupported, "this processor has no bfloat16 products");
        foreach (var one in Cases(whole: true))
            Check(one, one.Product(), exact: true);
    }

    [SkippableFact]
    public void Multiply_NormalNumbers_IsAChainOfRoundedFactors()
    {
        Skip.IfNot(BrainProduct.IsSupported, "this processor has no bfloat16 products");
        foreach (var one in Cases(whole: false))
            Check(one, one.Product(), exact: false);
    }

    [SkippableFact]
    public void Multiply_ARowAloneOrTwoThreads_GivesTheSameBits()
    {
        Skip.IfNot(BrainProduct.IsSupported, "this processor has no bfloat16 products");
        var before = ThreadTeam.Threads;
        try
        {
            foreach (var one in Cases(whole: false))
            {
                ThreadTeam.Threads = 1;
                var product = one.Product();
                ThreadTeam.Threads = 2;
                FastPrecisionCases.AssertSameBits(product, one.Product(), $"{one} on two threads");
                for (var row = 0; row < one.Rows; row += 3)
                    FastPrecisionCases.AssertSameBits(product[(row * one.Columns)..((row + 1) * one.Columns)], one.Product(row), $"{one} row {row} alone");
            }
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [SkippableFact]
    public void Linear_BrainWeights_HasTheBitsOfMultiply()
    {
        Skip.IfNot(BrainProduct.IsSupported, "this processor has no bfloat16 products");
        // Weights stand as B transposed does in a case of strided rows; a row alone goes by four panels at a time.
        foreach (var rows in Enumerable.Range(1, 13))
            foreach (var k in Depths)
            {
                var one = new BrainProductCase(rows, Columns[(rows + k) % 6], k, accumulate: false, BrainProductCase.Layout.StridedRows);
                byte[] packed = [.. one.B.SelectMany(v => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(ReferenceFastProduct.Brain(v)) >> 16)))];
                using var weight = WeightMatrix.Create(WeightFormat.BF16, one.Columns, k, packed);
                float[] x = [.. Enumerable.Range(0, rows).SelectMany(r => one.A.Skip(r * (k + 7)).Take(k))];
                var y = FastPrecisionCases.Linear(weight, x);
                Check(one, y, exact: false);
                FastPrecisionCases.AssertSameBits(one.Product(), y, $"{one} with weights");
            }
    }

    private static void Check(BrainProductCase one, float[] product, bool exact)
    {
        for (var i = 0; i < product.Length; i++)
        {
            var (value, bound) = one.Expected(i / one.Columns, i % one.Columns);
            Assert.True(Math.Abs(product[i] - value) <= (exact ? 0 : bound), FormattableString.Invariant($"{one}: element {i} is {product[i]:R}, expected {value:R} within {(exact ? 0 : bound)}"));
        }
    }
}
