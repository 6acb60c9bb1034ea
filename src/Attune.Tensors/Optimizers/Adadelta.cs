using Attune.Tensors.Kernels;

namespace Attune.Tensors.Optimizers;

/// <summary>
/// Adadelta (Zeiler 2012): g ← g + λθ; v ← ρv + (1 − ρ)g²; Δ = √(u + ε)/√(v + ε)·g; u ← ρu + (1 − ρ)Δ²; θ ← θ − η·Δ. The rate is usually 1.
/// </summary>
public sealed unsafe class Adadelta(AdadeltaOptions options) : Optimizer(options)
{
    private readonly AdadeltaOptions options = options;

    public Adadelta()
        : this(new AdadeltaOptions())
    {
    }

    private protected override IEnumerable<StatePart> Parts(int rows, int columns) => [new StatePart("gradients", rows * columns), new StatePart("steps", rows * columns)];

    private protected override void Update(OptimizerSlot slot, float* parameter, float* gradient, double rate)
    {
        var rule = new Rule
        {
            Rate = (float)-rate, Decay = (float)DecayOf(slot), Rho = (float)options.Rho, Rest = (float)(1 - options.Rho), Epsilon = (float)options.Epsilon,
        };
        Run(rule, slot, parameter, gradient);
    }

    private struct Rule : IUpdateRule
    {
        public float Rate, Decay, Rho, Rest, Epsilon;

        public readonly V Apply<S, V, I>(V parameter, V gradient, ref V gradients, ref V steps, ref V c)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            gradient = S.Fma(S.Set(Decay), parameter, gradient);
            gradients = S.Fma(S.Set(Rho), gradients, S.Multiply(S.Set(Rest), S.Multiply(gradient, gradient)));
            var ratio = S.Divide(S.Sqrt(S.Add(steps, S.Set(Epsilon))), S.Sqrt(S.Add(gradients, S.Set(Epsilon))));
            var step = S.Multiply(ratio, gradient);
            steps = S.Fma(S.Set(Rho), steps, S.Multiply(S.Set(Rest), S.Multiply(step, step)));
            return S.Fma(S.Set(Rate), step, parameter);
        }
    }
}
