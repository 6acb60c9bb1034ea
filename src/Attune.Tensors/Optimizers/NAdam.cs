using Attune.Tensors.Kernels;

namespace Attune.Tensors.Optimizers;

/// <summary>
/// Adam with Nesterov's momentum (Dozat 2016): μₜ = β1·(1 − ½·0.96^(tψ)); m, v as in Adam; v̂ = v/(1 − β2ᵗ);
/// θ ← θ − η·((1 − μₜ)/(1 − Πμ)·g + μₜ₊₁/(1 − Πμ·μₜ₊₁)·m)/(√v̂ + ε), Πμ up to μₜ.
/// </summary>
public sealed unsafe class NAdam(NAdamOptions options) : Optimizer(options)
{
    private readonly NAdamOptions options = options;
    private readonly List<double> products = [1];

    public NAdam()
        : this(new NAdamOptions())
    {
    }

    private protected override IEnumerable<StatePart> Parts(int rows, int columns) =>
        [new StatePart("first", rows * columns), new StatePart("second", rows * columns)];

    private protected override void Update(OptimizerSlot slot, float* parameter, float* gradient, double rate)
    {
        var (t, next) = (slot.Steps, Momentum(slot.Steps + 1));
        var product = Product(t);
        var rule = new Rule
        {
            Keep = (float)(options.Decoupled ? 1 - rate * DecayOf(slot) : 1), Added = (float)(options.Decoupled ? 0 : DecayOf(slot)),
            Beta1 = (float)options.Beta1, Rest1 = (float)(1 - options.Beta1), Beta2 = (float)options.Beta2, Rest2 = (float)(1 - options.Beta2),
            Now = (float)(-rate * (1 - Momentum(t)) / (1 - product)), Mean = (float)(-rate * next / (1 - product * next)),
            Root = (float)(1 / Math.Sqrt(1 - Math.Pow(options.Beta2, t))), Epsilon = (float)options.Epsilon,
        };
        Run(rule, slot, parameter, gradient);
    }

    private double Momentum(long t) => options.Beta1 * (1 - 0.5 * Math.Pow(0.96, t * options.MomentumDecay));

    /// <summary>μ₁·…·μₜ.</summary>
    private double Product(long t)
    {
        while (products.Count <= t)
            products.Add(products[^1] * Momentum(products.Count));
        return products[(int)t];
    }

    private struct Rule : IUpdateRule
    {
        public float Keep, Added, Beta1, Rest1, Beta2, Rest2, Now, Mean, Root, Epsilon;

        public readonly V Apply<S, V, I>(V parameter, V gradient, ref V a, ref V b, ref V c)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            parameter = S.Multiply(S.Set(Keep), parameter);
            gradient = S.Fma(S.Set(Added), parameter, gradient);
            a = S.Fma(S.Set(Beta1), a, S.Multiply(S.Set(Rest1), gradient));
            b = S.Fma(S.Set(Beta2), b, S.Multiply(S.Set(Rest2), S.Multiply(gradient, gradient)));
            var size = S.Fma(S.Sqrt(b), S.Set(Root), S.Set(Epsilon));
            var direction = S.Fma(S.Set(Now), gradient, S.Multiply(S.Set(Mean), a));
            return S.Add(parameter, S.Divide(direction, size));
        }
    }
}
