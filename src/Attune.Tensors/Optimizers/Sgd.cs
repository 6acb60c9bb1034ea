using Attune.Tensors.Kernels;

namespace Attune.Tensors.Optimizers;

/// <summary>
/// Stochastic gradient descent with momentum: g ← g + λθ; d ← μd + (1 − τ)g, d ← g in the first step; θ ← θ − η·d,
/// or η·(g + μd) with Nesterov's rule. The rate is not part of d, so a changed rate acts at once.
/// Source: Sutskever et al. 2013, in the form of PyTorch.
/// </summary>
public sealed unsafe class Sgd(SgdOptions options) : Optimizer(options)
{
    private readonly SgdOptions options = options;

    public Sgd()
        : this(new SgdOptions())
    {
    }

    private protected override IEnumerable<StatePart> Parts(int rows, int columns) =>
        options.Momentum == 0 ? [] : [new StatePart("direction", rows * columns)];

    private protected override void Update(OptimizerSlot slot, float* parameter, float* gradient, double rate)
    {
        var rule = new Rule
        {
            Rate = (float)-rate, Decay = (float)DecayOf(slot), Momentum = (float)options.Momentum,
            Share = slot.Steps == 1 ? 1 : (float)(1 - options.Dampening), Nesterov = options.Nesterov,
        };
        Run(rule, slot, parameter, gradient);
    }

    private struct Rule : IUpdateRule
    {
        public float Rate, Decay, Momentum, Share;
        public bool Nesterov;

        public readonly V Apply<S, V, I>(V parameter, V gradient, ref V direction, ref V b, ref V c)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            gradient = S.Fma(S.Set(Decay), parameter, gradient);
            if (Momentum != 0)
            {
                direction = S.Fma(S.Set(Momentum), direction, S.Multiply(S.Set(Share), gradient));
                gradient = Nesterov ? S.Fma(S.Set(Momentum), direction, gradient) : direction;
            }
            return S.Fma(S.Set(Rate), gradient, parameter);
        }
    }
}
