using System.Runtime.CompilerServices;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// y_i = x·W_iᵀ for several frozen matrices over one input: the input is rounded once for all that want it so, and the team is called once.
/// Each output has the bits that it has alone.
/// </summary>
internal static unsafe class FrozenProduct
{
    /// <summary>Products below this many multiply-adds are not worth waking anybody.</summary>
    private const long SmallWork = 50_000;

    /// <summary>x [rows, columns] with matrices of as many columns; outputs[i] [rows, weights[i].Rows].</summary>
    public static void Multiply(Tensor x, WeightMatrix[] weights, ReadOnlySpan<Tensor> outputs, Precision precision, Arena memory)
    {
        if (x.Rows == 0)
            return;
        using var _ = Profile.Measure(WorkOf.Linear(x, weights, precision));
        var input = new RoundedInput(x, memory);
        var parts = (ProductPart*)memory.Take((long)weights.Length * sizeof(ProductPart));
        var job = new Job { Parts = parts };
        var work = 0L;
        for (var i = 0; i < weights.Length; i++)
        {
            parts[i] = Part(ref input, weights[i], outputs[i].Data, precision, memory);
            job.Items += parts[i].Items;
            work += outputs[i].Count * x.Columns;
        }
        if (work < SmallWork)
            for (var i = 0; i < job.Items; i++)
                Item(weights, &job, i, -1);
        else
            ThreadTeam.Run(&Item, weights, &job, job.Items);
    }

    private static ProductPart Part(ref RoundedInput input, WeightMatrix weight, float* y, Precision precision, Arena memory)
    {
        var x = input.Exact;
        if (precision == Precision.Fast && weight.HasFastProduct)
        {
            if (weight is QuantisedMatrix quantised)
                return IntegerProduct.Part(input.Bytes(IntegerProduct.Zero(weight.Format)), x.Rows, quantised, y, memory, IntegerTiers.Best);
            if (weight.Format == WeightFormat.BF16 && BrainProduct.IsSupported)
                return BrainProduct.Part(input.BrainPairs(), x.Rows, (Float16Matrix)weight, y, memory);
            x = input.Brain();
        }
        return x.Rows == 1 ? VectorProduct.Part(x.Data, weight, y, memory) : MatrixProduct.Part(x, weight, y, memory);
    }

    private struct Job
    {
        public ProductPart* Parts;
        public int Items;
    }

    private static void Item(object? state, void* context, int item, int worker)
    {
        var weights = Unsafe.As<WeightMatrix[]>(state!);
        var part = ((Job*)context)->Parts;
        var i = 0;
        for (; item >= part[i].Items; i++)
            item -= part[i].Items;
        part[i].Kernel(weights[i], part[i].Job, item, worker);
    }

    /// <summary>An input in the forms that products want, each made when it is first asked for.</summary>
    private ref struct RoundedInput(Tensor x, Arena memory)
    {
        private byte* minimumBytes, fourBytes, eightBytes;
        private byte* pairs;
        private Tensor brain;

        public Tensor Exact { get; } = x;

        public byte* Bytes(int zero)
        {
            if (zero < 0)
                return minimumBytes = Bytes(minimumBytes, zero);
            return zero == 8 ? fourBytes = Bytes(fourBytes, zero) : eightBytes = Bytes(eightBytes, zero);
        }

        public Tensor Brain()
        {
            if (brain.Data is null)
            {
                brain = memory.Matrix(Exact.Rows, Exact.Columns);
                BrainActivations.Round(Exact.Data, Exact.Count, brain.Data);
            }
            return brain;
        }

        public byte* BrainPairs()
        {
            if (pairs is null)
            {
                pairs = memory.Take(Exact.Rows * Kernels.BrainPairs.RowBytes(Exact.Columns));
                Kernels.BrainPairs.Pack(Exact.Data, Exact.Rows, Exact.Columns, Exact.Columns, 1, pairs);
            }
            return pairs;
        }

        private readonly byte* Bytes(byte* made, int zero)
        {
            if (made is not null)
                return made;
            made = memory.Take(ByteActivations.Bytes(Exact.Rows, Exact.Columns));
            ByteActivations.Quantise(Exact.Data, Exact.Rows, Exact.Columns, zero, IntegerTiers.Width(IntegerTiers.Best), made);
            return made;
        }
    }
}
