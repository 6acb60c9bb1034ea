namespace Attune.Tensors.Optimizers;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019): θ ← (1 − ηλ)θ, then θ ← θ − η·m̂/(√v̂ + ε).
/// Without options λ is 0.01.
/// </summary>
public sealed unsafe class AdamW(AdamOptions options) : Optimizer(options)
{
    private readonly AdamOptions options = options;

    public AdamW()
        : this(new AdamOptions { WeightDecay = 0.01 })
    {
    }

    private protected override IEnumerable<StatePart> Parts(int rows, int columns) => AdamRule.Parts(options, rows * columns);

    private protected override void Update(OptimizerSlot slot, float* parameter, float* gradient, double rate) =>
        Run(AdamRule.Of(options, slot.Steps, rate, added: 0, shrunk: rate * DecayOf(slot)), slot, parameter, gradient);
}
