using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Weights;

namespace Attune.Cli.Bench;

/// <summary>What a work must compute and read at least, and so how fast a machine can do it at best.</summary>
/// <param name="Float32">Float operations in float32: 2 for each weight and token of a forward pass.</param>
/// <param name="BFloat16">The same where factors may be bfloat16.</param>
/// <param name="Int8">The same where factors may be bytes.</param>
/// <param name="Bytes">Bytes of weights.</param>
internal readonly record struct WorkAmount(double Float32, double BFloat16, double Int8, double Bytes)
{
    public double Operations => Float32 + BFloat16 + Int8;

    public static WorkAmount operator +(WorkAmount a, WorkAmount b) => new(a.Float32 + b.Float32, a.BFloat16 + b.BFloat16, a.Int8 + b.Int8, a.Bytes + b.Bytes);

    /// <summary>So many operations in one kind of numbers, and no bytes.</summary>
    public static WorkAmount In(NumberKind numbers, double operations) => numbers switch
    {
        NumberKind.Int8 => new(0, 0, operations, 0),
        NumberKind.BFloat16 => new(0, operations, 0, 0),
        _ => new(operations, 0, 0, 0),
    };

    /// <summary>The numbers that a precision allows under a format, whether or not the engine uses them for every map.</summary>
    public static NumberKind Numbers(WeightFormat format, Precision precision) => format switch
    {
        _ when precision == Precision.Exact => NumberKind.Float32,
        WeightFormat.F32 => NumberKind.Float32,
        WeightFormat.F16 or WeightFormat.BF16 => NumberKind.BFloat16,
        _ => NumberKind.Int8,
    };

    /// <summary>A forward pass of <paramref name="tokens"/> tokens through the blocks, in one pass.</summary>
    public static WorkAmount Blocks(TransformerModel model, Precision precision, double tokens)
    {
        var sum = default(WorkAmount);
        foreach (var map in model.Linears.Where(l => l.Layer >= 0))
            sum += In(Numbers(map.Weight.Format, precision), 2.0 * map.Inputs * map.Outputs * tokens) with { Bytes = map.Weight.Bytes };
        return sum;
    }

    /// <summary>Scores over the vocabulary for <paramref name="rows"/> rows.</summary>
    public static WorkAmount Head(CausalLanguageModel model, Precision precision, double rows)
    {
        var head = model.Linears.Last(l => l.Layer < 0).Weight;
        return In(Numbers(head.Format, precision), 2.0 * model.Hidden * model.Vocabulary * rows) with { Bytes = head.Bytes };
    }

    /// <summary>The least time on a machine, and which of its limits makes it so: that of the operations or that of the bytes.</summary>
    public (double Seconds, string Limit) Least(MachineLimits limits)
    {
        var (float32, brain, bytes) = (Float32 / limits.Float32.AllThreads, BFloat16 / limits.BFloat16.AllThreads, Int8 / limits.Int8.AllThreads);
        var (computing, reading) = (float32 + brain + bytes, Bytes / limits.Memory.AllThreads);
        if (reading > computing)
            return (reading, "memory");
        var largest = Math.Max(float32, Math.Max(brain, bytes));
        return (computing, BenchNames.Of(largest == float32 ? NumberKind.Float32 : largest == brain ? NumberKind.BFloat16 : NumberKind.Int8));
    }
}
