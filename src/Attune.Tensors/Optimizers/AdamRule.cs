using Attune.Tensors.Kernels;

namespace Attune.Tensors.Optimizers;

/// <summary>
/// m ← β1·m + (1 − β1)g; v ← β2·v + (1 − β2)g²; θ ← (1 − shrink)θ − η·m̂/(√v̂ + ε) with m̂ = m/(1 − β1ᵗ), v̂ = v/(1 − β2ᵗ);
/// AMSGrad takes the largest v so far, before correction, for v.
/// </summary>
internal struct AdamRule : IUpdateRule
{
    private float keep, added, beta1, rest1, beta2, rest2, step, root, epsilon;
    private bool amsGrad;

    /// <param name="added">Weight decay that joins the gradient.</param>
    /// <param name="shrunk">Share of the parameter that is taken away before the step.</param>
    public static AdamRule Of(AdamOptions options, long steps, double rate, double added, double shrunk) => new()
    {
        keep = (float)(1 - shrunk),
        added = (float)added,
        beta1 = (float)options.Beta1,
        rest1 = (float)(1 - options.Beta1),
        beta2 = (float)options.Beta2,
        rest2 = (float)(1 - options.Beta2),
        step = (float)(-rate / (1 - Math.Pow(options.Beta1, steps))),
        root = (float)(1 / Math.Sqrt(1 - Math.Pow(options.Beta2, steps))),
        epsilon = (float)options.Epsilon,
        amsGrad = options.AmsGrad,
    };

    public static IEnumerable<StatePart> Parts(AdamOptions options, int count)
    {
        yield return new StatePart("first", count);
        yield return new StatePart("second", count);
        if (options.AmsGrad)
            yield return new StatePart("largest", count);
    }

    public readonly V Apply<S, V, I>(V parameter, V gradient, ref V first, ref V second, ref V largest)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        parameter = S.Multiply(S.Set(keep), parameter);
        gradient = S.Fma(S.Set(added), parameter, gradient);
        first = S.Fma(S.Set(beta1), first, S.Multiply(S.Set(rest1), gradient));
        second = S.Fma(S.Set(beta2), second, S.Multiply(S.Set(rest2), S.Multiply(gradient, gradient)));
        largest = amsGrad ? S.Max(largest, second) : second;
        var size = S.Fma(S.Sqrt(largest), S.Set(root), S.Set(epsilon));
        return S.Fma(S.Set(step), S.Divide(first, size), parameter);
    }
}
