using Attune.Tensors.Kernels;

namespace Attune.Tensors.Optimizers;

/// <summary>
/// RMSProp (Hinton 2012; centered: Graves 2013): g ← g + λθ; v ← αv + (1 − α)g²; a ← αa + (1 − α)g; d ← μd + g/(√(v − a²) + ε),
/// a² only where centered; θ ← θ − η·d.
/// </summary>
public sealed unsafe class RmsProp(RmsPropOptions options) : Optimizer(options)
{
    private readonly RmsPropOptions options = options;

    public RmsProp()
        : this(new RmsPropOptions())
    {
    }

    private protected override IEnumerable<StatePart> Parts(int rows, int columns) =>
        [new StatePart("second", rows * columns), new StatePart("direction", rows * columns), .. options.Centered ? [new StatePart("first", rows * columns)] : Array.Empty<StatePart>()];

    private protected override void Update(OptimizerSlot slot, float* parameter, float* gradient, double rate)
    {
        var rule = new Rule
        {
            Rate = (float)-rate, Decay = (float)DecayOf(slot), Alpha = (float)options.Alpha, Rest = (float)(1 - options.Alpha),
            Momentum = (float)options.Momentum, Epsilon = (float)options.Epsilon, Centered = options.Centered,
        };
        Run(rule, slot, parameter, gradient);
    }

    private struct Rule : IUpdateRule
    {
        public float Rate, Decay, Alpha, Rest, Momentum, Epsilon;
        public bool Centered;

        public readonly V Apply<S, V, I>(V parameter, V gradient, ref V second, ref V direction, ref V first)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            gradient = S.Fma(S.Set(Decay), parameter, gradient);
            second = S.Fma(S.Set(Alpha), second, S.Multiply(S.Set(Rest), S.Multiply(gradient, gradient)));
            var variance = second;
            if (Centered)
            {
                first = S.Fma(S.Set(Alpha), first, S.Multiply(S.Set(Rest), gradient));
                // Rounding may leave a steady gradient's variance a little below 0.
                variance = S.Max(S.Subtract(second, S.Multiply(first, first)), S.Set(0));
            }
            direction = S.Fma(S.Set(Momentum), direction, S.Divide(gradient, S.Add(S.Sqrt(variance), S.Set(Epsilon))));
            return S.Fma(S.Set(Rate), direction, parameter);
        }
    }
}
