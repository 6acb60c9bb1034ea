using Attune.Tensors.Kernels;

namespace Attune.Tensors.Optimizers;

/// <summary>
/// Resilient propagation (Riedmiller and Braun 1993): each entry has a step size, at first the rate; it grows where the gradient keeps its
/// sign and shrinks where that changes, where the entry then rests for a step; θ ← θ − size·sign(g). Later rates do not matter.
/// </summary>
public sealed unsafe class Rprop(RpropOptions options) : Optimizer(options)
{
    private readonly RpropOptions options = options;

    public Rprop()
        : this(new RpropOptions())
    {
    }

    private protected override IEnumerable<StatePart> Parts(int rows, int columns) =>
        [new StatePart("last", rows * columns), new StatePart("size", rows * columns)];

    private protected override void Update(OptimizerSlot slot, float* parameter, float* gradient, double rate)
    {
        var rule = new Rule
        {
            First = slot.Steps == 1, Start = (float)rate, Shrink = (float)options.Shrink, Grow = (float)options.Grow,
            Least = (float)options.LeastStep, Most = (float)options.MostStep,
        };
        Run(rule, slot, parameter, gradient);
    }

    private struct Rule : IUpdateRule
    {
        public bool First;
        public float Start, Shrink, Grow, Least, Most;

        public readonly V Apply<S, V, I>(V parameter, V gradient, ref V a, ref V b, ref V c)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            V zero = S.Set(0), size = First ? S.Set(Start) : b, agreement = S.Multiply(Sign<S, V, I>(gradient), Sign<S, V, I>(a));
            var turned = S.LessThan(agreement, zero);
            size = S.Multiply(size, S.Select(turned, S.Set(Shrink), S.Select(S.LessThan(zero, agreement), S.Set(Grow), S.Set(1))));
            b = S.Min(S.Max(size, S.Set(Least)), S.Set(Most));
            a = S.Select(turned, zero, gradient);
            return S.Subtract(parameter, S.Multiply(Sign<S, V, I>(a), b));
        }

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
        private static V Sign<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            var zero = S.Set(0);
            return S.Select(S.LessThan(zero, x), S.Set(1), S.Select(S.LessThan(x, zero), S.Set(-1), zero));
        }
    }
}
