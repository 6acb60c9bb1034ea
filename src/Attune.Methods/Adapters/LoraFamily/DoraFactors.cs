using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>
/// Weight-decomposed low-rank adaptation (Liu et al. 2024, equation 5): row i of V = W + s·B·A is scaled to the length m_i, so that W′_i = m_i·V_i/‖V_i‖. The norm counts
/// as a constant in training (there, equation 11).
/// </summary>
public sealed class DoraFactors(LinearModule module, Parameter a, Parameter b, Parameter magnitude, float scale) : LoraFactors(module, a, b, scale), IFixable
{
    private float[]? lengths;

    /// <summary>m, [1, out].</summary>
    public Parameter Magnitude => magnitude;

    public override Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites)
    {
        var scale = graph.Divide(graph.Use(magnitude), Lengths(graph));
        var plain = graph.Linear(x, Module.Weight);
        if (Dropout is { } d && graph.Recording)
        {
            // As PEFT has it: the weight's own part sees the whole input, the rest what dropout leaves.
            var dropped = graph.Dropout(x, d.Rate, d.Random);
            var changed = graph.MultiplyRow(graph.Add(graph.Linear(dropped, Module.Weight), Beside(graph, dropped)), scale);
            return Module.Biased(graph, graph.Add(plain, graph.Subtract(changed, graph.Linear(dropped, Module.Weight))), sites);
        }
        return Module.Biased(graph, graph.MultiplyRow(graph.Add(plain, Beside(graph, x)), scale), sites);
    }

    public override void Merge(MergedWeights weights)
    {
        base.Merge(weights);
        var w = weights.Of(Module);
        for (var row = 0; row < w.Rows; row++)
        {
            var factor = magnitude.Value.Span[row] / Length(w[row]);
            foreach (ref var value in w[row])
                value *= factor;
        }
    }

    public void Fix() => lengths = Compute();

    /// <summary>‖V_i‖, [1, out], off the tape.</summary>
    private Tensor Lengths(Graph graph)
    {
        var row = graph.Arena.Matrix(1, Module.Outputs);
        (lengths ?? Compute()).CopyTo(row.Span);
        return row;
    }

    private float[] Compute()
    {
        using var graph = new Graph(recording: false);
        var delta = Delta(graph);
        var result = new float[Module.Outputs];
        var row = new float[Module.Inputs];
        for (var i = 0; i < result.Length; i++)
        {
            Module.Weight.ReadRow(i, row);
            for (var k = 0; k < row.Length; k++)
                row[k] += delta[i][k];
            result[i] = Length(row);
        }
        return result;
    }

    private static float Length(ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        foreach (var value in row)
            sum += (double)value * value;
        return (float)Math.Sqrt(sum);
    }
}
