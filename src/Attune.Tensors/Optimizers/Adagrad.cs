using Attune.Tensors.Kernels;

namespace Attune.Tensors.Optimizers;

/// <summary>Adagrad (Duchi et al. 2011): g ← g + λθ; s ← s + g²; θ ← θ − η/(1 + (t − 1)·decay)·g/(√s + ε).</summary>
public sealed unsafe class Adagrad(AdagradOptions options) : Optimizer(options)
{
    private readonly AdagradOptions options = options;

    public Adagrad()
        : this(new AdagradOptions())
    {
    }

    private protected override IEnumerable<StatePart> Parts(int rows, int columns) => [new StatePart("sum", rows * columns, (float)options.InitialSum)];

    private protected override void Update(OptimizerSlot slot, float* parameter, float* gradient, double rate)
    {
        var rule = new Rule
        {
            Rate = (float)(-rate / (1 + (slot.Steps - 1) * options.RateDecay)), Decay = (float)DecayOf(slot), Epsilon = (float)options.Epsilon,
        };
        Run(rule, slot, parameter, gradient);
    }

    private struct Rule : IUpdateRule
    {
        public float Rate, Decay, Epsilon;

        public readonly V Apply<S, V, I>(V parameter, V gradient, ref V sum, ref V b, ref V c)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            gradient = S.Fma(S.Set(Decay), parameter, gradient);
            sum = S.Fma(gradient, gradient, sum);
            return S.Fma(S.Set(Rate), S.Divide(gradient, S.Add(S.Sqrt(sum), S.Set(Epsilon))), parameter);
        }
    }
}
