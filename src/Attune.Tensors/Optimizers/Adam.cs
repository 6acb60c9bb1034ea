namespace Attune.Tensors.Optimizers;

/// <summary>Adam (Kingma and Ba 2015): θ ← θ − η·m̂/(√v̂ + ε); weight decay is added to the gradient, so it is scaled like one.</summary>
public sealed unsafe class Adam(AdamOptions options) : Optimizer(options)
{
    private readonly AdamOptions options = options;

    public Adam()
        : this(new AdamOptions())
    {
    }

    private protected override IEnumerable<StatePart> Parts(int rows, int columns) => AdamRule.Parts(options, rows * columns);

    private protected override void Update(OptimizerSlot slot, float* parameter, float* gradient, double rate) =>
        Run(AdamRule.Of(options, slot.Steps, rate, added: DecayOf(slot), shrunk: 0), slot, parameter, gradient);
}
