using Attune.Tensors.Kernels;

namespace Attune.Tensors.Optimizers;

/// <summary>
/// Lion (Chen et al. 2023): θ ← (1 − ηλ)θ − η·sign(β1·d + (1 − β1)g), then d ← β2·d + (1 − β2)g; sign 0 is 0.
/// </summary>
public sealed unsafe class Lion(LionOptions options) : Optimizer(options)
{
    private readonly LionOptions options = options;

    public Lion()
        : this(new LionOptions())
    {
    }

    private protected override IEnumerable<StatePart> Parts(int rows, int columns) => [new StatePart("direction", rows * columns)];

    private protected override void Update(OptimizerSlot slot, float* parameter, float* gradient, double rate)
    {
        var rule = new Rule
        {
            Keep = (float)(1 - rate * DecayOf(slot)), Rate = (float)rate,
            Beta1 = (float)options.Beta1, Rest1 = (float)(1 - options.Beta1), Beta2 = (float)options.Beta2, Rest2 = (float)(1 - options.Beta2),
        };
        Run(rule, slot, parameter, gradient);
    }

    private struct Rule : IUpdateRule
    {
        public float Keep, Rate, Beta1, Rest1, Beta2, Rest2;

        public readonly V Apply<S, V, I>(V parameter, V gradient, ref V direction, ref V b, ref V c)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            var zero = S.Set(0);
            var mixed = S.Fma(S.Set(Beta1), direction, S.Multiply(S.Set(Rest1), gradient));
            direction = S.Fma(S.Set(Beta2), direction, S.Multiply(S.Set(Rest2), gradient));
            var step = S.Select(S.LessThan(mixed, zero), S.Set(Rate), S.Select(S.LessThan(zero, mixed), S.Set(-Rate), zero));
            return S.Fma(S.Set(Keep), parameter, step);
        }
    }
}
