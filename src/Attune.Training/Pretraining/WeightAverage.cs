using System.Numerics;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Training.Pretraining;

/// <summary>
/// The exponential average of weights over the steps, a ← d·a + (1 − d)·x from the first weights on (Polyak and Juditsky 1992), in float32. Early on less is kept:
/// min(d, (1 + t)/(10 + t)) in step t, so that the first weights are forgotten.
/// </summary>
internal sealed unsafe class WeightAverage : IDisposable
{
    private readonly IReadOnlyList<Parameter> parameters;
    private readonly double decay;
    private readonly NativeBuffer[] averages;

    public WeightAverage(IReadOnlyList<Parameter> parameters, double decay)
    {
        (this.parameters, this.decay) = (parameters, decay);
        averages = [.. parameters.Select(p => new NativeBuffer((long)p.Count * sizeof(float)))];
        for (var i = 0; i < averages.Length; i++)
            parameters[i].Value.Span.CopyTo(averages[i].FloatSpan);
    }

    public Span<float> this[int parameter] => averages[parameter].FloatSpan;

    /// <summary>Takes the weights behind a step into the average.</summary>
    /// <param name="step">From 1.</param>
    public void Add(int step)
    {
        var kept = (float)Math.Min(decay, (1.0 + step) / (10.0 + step));
        for (var i = 0; i < averages.Length; i++)
            Add(parameters[i].Value.Span, averages[i].FloatSpan, kept);
    }

    /// <summary>Exchanges weights and average; a second call takes it back.</summary>
    public void Swap()
    {
        for (var i = 0; i < averages.Length; i++)
        {
            var x = parameters[i].Value.Span;
            var a = averages[i].FloatSpan;
            for (var j = 0; j < x.Length; j++)
                (x[j], a[j]) = (a[j], x[j]);
        }
    }

    public void Dispose()
    {
        foreach (var average in averages)
            average.Dispose();
    }

    // Element by element without fused operations: the same bits at any width.
    private static void Add(ReadOnlySpan<float> x, Span<float> a, float kept)
    {
        var (taken, i) = (1 - kept, 0);
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(a[i..]) * kept + new Vector<float>(x[i..]) * taken).CopyTo(a[i..]);
        for (; i < x.Length; i++)
            a[i] = a[i] * kept + x[i] * taken;
    }
}
