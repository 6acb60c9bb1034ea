using Attune.Tensors;

namespace Attune.Cli.Bench;

/// <summary>What numbers and operations are called before people.</summary>
internal static class BenchNames
{
    public static string Of(NumberKind numbers) => numbers switch
    {
        NumberKind.BFloat16 => "bfloat16",
        NumberKind.Int8 => "int8",
        _ => "float32",
    };

    public static string Of(OperationKind kind) => kind switch
    {
        OperationKind.Linear => "linear maps",
        OperationKind.LinearBackward => "linear maps, backward",
        OperationKind.Product => "trained products",
        OperationKind.ProductBackward => "trained products, backward",
        OperationKind.Attention => "attention",
        OperationKind.AttentionBackward => "attention, backward",
        OperationKind.CachedAttention => "attention over the cache",
        OperationKind.Norm => "norms",
        OperationKind.NormBackward => "norms, backward",
        OperationKind.Rope => "rotary positions",
        OperationKind.RopeBackward => "rotary positions, backward",
        OperationKind.Activation => "activations",
        OperationKind.ActivationBackward => "activations, backward",
        OperationKind.Elementwise => "sums, scales, biases",
        OperationKind.ElementwiseBackward => "sums, scales, biases, backward",
        OperationKind.Rows => "rows by number",
        OperationKind.RowsBackward => "rows by number, backward",
        OperationKind.CrossEntropy => "cross-entropy",
        OperationKind.CrossEntropyBackward => "cross-entropy, backward",
        OperationKind.LogSumExp => "normalisers of scores",
        OperationKind.Quantise => "rounding activations",
        OperationKind.Optimizer => "optimizer",
        OperationKind.Sampling => "sampling",
        _ => "other, backward",
    };
}
