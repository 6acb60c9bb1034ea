using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Models.Architectures;

/// <summary>Gradients of a whole model beside differences of its loss.</summary>
internal static class CentralDifferences
{
    private const float Step = 1e-2f;

    /// <summary>The entries of largest gradient of every parameter: (loss(w + h) − loss(w − h)) / 2h, within what float32 and the third derivative leave.</summary>
    public static void Check(TransformerModel model, Func<Graph, SiteSet, Tensor> loss)
    {
        using var graph = new Graph(recording: true);
        var sites = new SiteSet(model, "differences");
        var parameters = TrainedModule.AttachAll(model, sites);
        graph.Backward(loss(graph, sites));
        foreach (var parameter in parameters)
        {
            var gradient = parameter.Gradient.Span.ToArray();
            var at = Enumerable.Range(0, gradient.Length).MaxBy(i => Math.Abs(gradient[i]));
            var slope = (Loss(graph, sites, loss, parameter, at, Step) - Loss(graph, sites, loss, parameter, at, -Step)) / (2 * Step);
            Assert.True(Math.Abs(slope - gradient[at]) <= 2e-3 + 0.02 * Math.Abs(slope), FormattableString.Invariant($"{parameter.Name} [{at}]: gradient {gradient[at]:r}, difference {slope:r}"));
        }
        foreach (var parameter in parameters)
            parameter.Dispose();
    }

    private static double Loss(Graph graph, SiteSet sites, Func<Graph, SiteSet, Tensor> loss, Parameter parameter, int at, float step)
    {
        var before = parameter.Value.Span[at];
        parameter.Value.Span[at] = before + step;
        graph.Reset();
        var result = loss(graph, sites).Span[0];
        parameter.Value.Span[at] = before;
        return result;
    }
}
