using Attune.Tensors.Kernels;

namespace Attune.Tensors.Optimizers;

/// <summary>
/// Rectified Adam (Liu et al. 2020): ρ∞ = 2/(1 − β2) − 1, ρ = ρ∞ − 2t·β2ᵗ/(1 − β2ᵗ); m̂ as in Adam. Where ρ is above 5,
/// θ ← θ − η·m̂·r·√(1 − β2ᵗ)/(√v + ε), r = √((ρ − 4)(ρ − 2)ρ∞/((ρ∞ − 4)(ρ∞ − 2)ρ)); before that θ ← θ − η·m̂.
/// </summary>
public sealed unsafe class RAdam(RAdamOptions options) : Optimizer(options)
{
    private readonly RAdamOptions options = options;

    public RAdam()
        : this(new RAdamOptions())
    {
    }

    private protected override IEnumerable<StatePart> Parts(int rows, int columns) =>
        [new StatePart("first", rows * columns), new StatePart("second", rows * columns)];

    private protected override void Update(OptimizerSlot slot, float* parameter, float* gradient, double rate)
    {
        var (power, most) = (Math.Pow(options.Beta2, slot.Steps), 2 / (1 - options.Beta2) - 1);
        var length = most - 2 * slot.Steps * power / (1 - power);
        var step = -rate / (1 - Math.Pow(options.Beta1, slot.Steps));
        var adapts = length > 5;
        var rectified = adapts ? Math.Sqrt((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length) * (1 - power)) : 1;
        var rule = new Rule
        {
            Keep = (float)(options.Decoupled ? 1 - rate * DecayOf(slot) : 1), Added = (float)(options.Decoupled ? 0 : DecayOf(slot)),
            Beta1 = (float)options.Beta1, Rest1 = (float)(1 - options.Beta1), Beta2 = (float)options.Beta2, Rest2 = (float)(1 - options.Beta2),
            Step = (float)(step * rectified), Epsilon = (float)options.Epsilon, Adapts = adapts,
        };
        Run(rule, slot, parameter, gradient);
    }

    private struct Rule : IUpdateRule
    {
        public float Keep, Added, Beta1, Rest1, Beta2, Rest2, Step, Epsilon;
        public bool Adapts;

        public readonly V Apply<S, V, I>(V parameter, V gradient, ref V a, ref V b, ref V c)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            parameter = S.Multiply(S.Set(Keep), parameter);
            gradient = S.Fma(S.Set(Added), parameter, gradient);
            a = S.Fma(S.Set(Beta1), a, S.Multiply(S.Set(Rest1), gradient));
            b = S.Fma(S.Set(Beta2), b, S.Multiply(S.Set(Rest2), S.Multiply(gradient, gradient)));
            var direction = Adapts ? S.Divide(a, S.Add(S.Sqrt(b), S.Set(Epsilon))) : a;
            return S.Fma(S.Set(Step), direction, parameter);
        }
    }
}
