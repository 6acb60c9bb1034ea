using Attune.Tensors;
using Attune.Tensors.Kernels;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors;

/// <summary>
/// Products whose inputs, weights, outputs and all memory in between lie between pages that nobody may touch. A read or write beside them ends the
/// process; the results are those of common memory.
/// </summary>
public sealed unsafe class GuardPageTests
{
    public static TheoryData<WeightFormat, bool> Cases
    {
        get
        {
            var data = new TheoryData<WeightFormat, bool>();
            foreach (var format in Enum.GetValues<WeightFormat>())
                foreach (var atEnd in (bool[])[true, false])
                    data.Add(format, atEnd);
            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void FrozenProduct_BetweenGuardPages_StaysWithin(WeightFormat format, bool atEnd)
    {
        Skip.IfNot(GuardPages.IsSupported, "guard pages are for Linux");
        var random = new SeededRandom(31);
        foreach (var columns in RandomWeights.IsQuantised(format) ? (int[])[32, 96, 576] : [1, 33, 64, 257])
            foreach (var outputs in (int[])[5, 16, 70, 130])
                using (var weight = new GuardedWeight(RandomWeights.Create(format, outputs, columns, random), atEnd))
                    foreach (var rows in (int[])[1, 2, 3, 7, 13, 18])
                        CheckFrozen(weight.Matrix, TestTensors.Normal(random, rows * columns), atEnd);
    }

    [SkippableTheory, InlineData(true), InlineData(false)]
    public void IntegerProduct_EveryTierBetweenGuardPages_StaysWithin(bool atEnd)
    {
        Skip.IfNot(GuardPages.IsSupported, "guard pages are for Linux");
        var random = new SeededRandom(32);
        foreach (var tier in Enum.GetValues<IntegerTier>().Where(IntegerTiers.IsSupported))
            foreach (var format in FastPrecisionCases.Quantised)
                using (var weight = new GuardedWeight(RandomWeights.Create(format, 70, 96, random), atEnd))
                    foreach (var rows in (int[])[1, 2, 5, 6, 13])
                        CheckBytes(weight.Matrix, TestTensors.Normal(random, rows * 96), tier, atEnd);
    }

    [SkippableTheory, InlineData(true), InlineData(false)]
    public void BrainProduct_BetweenGuardPages_StaysWithin(bool atEnd)
    {
        Skip.IfNot(GuardPages.IsSupported, "guard pages are for Linux");
        Skip.IfNot(BrainProduct.IsSupported, "this processor has no bfloat16 products");
        foreach (var rows in (int[])[1, 2, 5, 12, 13, 17])
            foreach (var columns in (int[])[1, 16, 33, 70])
                foreach (var k in (int[])[1, 2, 33, 257, 2049])
                    foreach (var layout in Enum.GetValues<BrainProductCase.Layout>())
                    {
                        var one = new BrainProductCase(rows, columns, k, (rows + k) % 2 == 0, layout);
                        Assert.Equal(one.Product(), Guarded(one, atEnd));
                    }
    }

    private static void CheckFrozen(WeightMatrix weight, float[] x, bool atEnd)
    {
        var rows = x.Length / weight.Columns;
        foreach (var precision in Enum.GetValues<Precision>())
        {
            using var memory = new GuardArena(atEnd);
            var (input, output) = (memory.Matrix(rows, weight.Columns), memory.Matrix(rows, weight.Rows));
            x.CopyTo(input.Span);
            FrozenProduct.Multiply(input, weight.Alone, [output], precision, memory);
            FastPrecisionCases.AssertSameBits(FastPrecisionCases.Linear(weight, x, precision), output.Span.ToArray(), $"{weight.Format} [{rows}, {weight.Columns}] x [{weight.Rows}, {weight.Columns}] {precision}");
        }
    }

    private static void CheckBytes(WeightMatrix weight, float[] x, IntegerTier tier, bool atEnd)
    {
        var rows = x.Length / weight.Columns;
        using var memory = new GuardArena(atEnd);
        var (input, output) = (memory.Matrix(rows, weight.Columns), memory.Matrix(rows, weight.Rows));
        x.CopyTo(input.Span);
        var bytes = memory.Take(ByteActivations.Bytes(rows, weight.Columns));
        ByteActivations.Quantise(input.Data, rows, weight.Columns, IntegerProduct.Zero(weight.Format), IntegerTiers.Width(tier), bytes);
        var part = IntegerProduct.Part(bytes, rows, (QuantisedMatrix)weight, output.Data, memory, tier);
        ThreadTeam.Run(part.Kernel, weight, part.Job, part.Items);
        FastPrecisionCases.AssertSameBits(FastPrecisionCases.Product(weight, x, tier), output.Span.ToArray(), $"{tier} {weight.Format} {rows} rows");
    }

    private static float[] Guarded(BrainProductCase one, bool atEnd)
    {
        using var memory = new GuardArena(atEnd);
        var (a, b, c) = (memory.Matrix(1, one.A.Length), memory.Matrix(1, one.B.Length), memory.Matrix(one.Rows, one.Columns));
        one.A.CopyTo(a.Span);
        one.B.CopyTo(b.Span);
        one.C.CopyTo(c.Span);
        one.Multiply(one.Rows, a.Data, b.Data, c.Data, memory);
        return c.Span.ToArray();
    }
}
