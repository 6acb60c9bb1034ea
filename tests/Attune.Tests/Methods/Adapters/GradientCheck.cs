using Attune.Data;
using Attune.Methods;
using Attune.Methods.Adapters;
using Attune.Methods.Weights;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Methods.Adapters;

/// <summary>An adapter's gradients beside central differences of the loss of label words.</summary>
internal static class GradientCheck
{
    /// <summary>Checks some entries of every parameter.</summary>
    public static void Run(FitContext context, LanguageModel model, PeftAdapter adapter, IReadOnlyList<Example> rows, int entries = 2)
    {
        var sites = new SiteSet(model.Transformer, "test");
        adapter.Attach(sites);
        var training = new LabelTraining(context, model, sites, rows.Take(3));
        using var graph = new Graph(recording: true);
        graph.Backward(training.Loss(graph, [0, 1, 2]));
        foreach (var parameter in adapter.Parameters)
            for (var k = 0; k < entries; k++)
            {
                const float step = 1e-3f;
                var i = (int)((k * 0.618 + 0.2) % 1 * parameter.Count);
                var value = parameter.Value.Span[i];
                double At(float v)
                {
                    parameter.Value.Span[i] = v;
                    return training.MeanLoss(3, default);
                }
                var slope = (At(value + step) - At(value - step)) / (2 * step);
                parameter.Value.Span[i] = value;
                // float32 losses near 5 carry about 5e-7: 5e-4 in the slope.
                Assert.True(Math.Abs(slope - parameter.Gradient.Span[i]) < 2e-3 + 0.02 * Math.Abs(slope), $"{parameter.Name}[{i}]: {parameter.Gradient.Span[i]} for {slope}");
            }
    }
}
