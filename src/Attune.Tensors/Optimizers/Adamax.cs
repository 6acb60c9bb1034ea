using Attune.Tensors.Kernels;

namespace Attune.Tensors.Optimizers;

/// <summary>
/// AdaMax (Kingma and Ba 2015, section 7.1): g ← g + λθ; m ← β1·m + (1 − β1)g; u ← max(β2·u, |g| + ε); θ ← θ − η/(1 − β1ᵗ)·m/u.
/// </summary>
public sealed unsafe class Adamax(AdamaxOptions options) : Optimizer(options)
{
    private readonly AdamaxOptions options = options;

    public Adamax()
        : this(new AdamaxOptions())
    {
    }

    private protected override IEnumerable<StatePart> Parts(int rows, int columns) =>
        [new StatePart("first", rows * columns), new StatePart("largest", rows * columns)];

    private protected override void Update(OptimizerSlot slot, float* parameter, float* gradient, double rate)
    {
        var rule = new Rule
        {
            Rate = (float)(-rate / (1 - Math.Pow(options.Beta1, slot.Steps))), Decay = (float)DecayOf(slot), Epsilon = (float)options.Epsilon,
            Beta1 = (float)options.Beta1, Rest1 = (float)(1 - options.Beta1), Beta2 = (float)options.Beta2,
        };
        Run(rule, slot, parameter, gradient);
    }

    private struct Rule : IUpdateRule
    {
        public float Rate, Decay, Epsilon, Beta1, Rest1, Beta2;

        public readonly V Apply<S, V, I>(V parameter, V gradient, ref V a, ref V b, ref V c)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            gradient = S.Fma(S.Set(Decay), parameter, gradient);
            a = S.Fma(S.Set(Beta1), a, S.Multiply(S.Set(Rest1), gradient));
            b = S.Max(S.Multiply(S.Set(Beta2), b), S.Add(VectorMath.Magnitude<S, V, I>(gradient), S.Set(Epsilon)));
            return S.Fma(S.Set(Rate), S.Divide(a, b), parameter);
        }
    }
}
