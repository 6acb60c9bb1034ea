using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Blocks of circulant matrices beside a map.</summary>
internal sealed class C3aChange(LinearModule module, Parameter kernel, int size) : DeltaChange(module)
{
    /// <summary>
    /// Whether the gradient of the input is PEFT's, whose rule takes kernel[(l+j) mod b] where the transposed map has kernel[(l−j) mod b] (peft 0.21,
    /// BlockCircularConvolution.backward). Only to compare with it: below the last layer its gradients are not those of its own loss.
    /// </summary>
    public bool InputGradientOfPeft { get; set; }

    public override Tensor Delta(Graph graph) => Spread(graph, graph.Use(kernel), -1);

    public override Tensor Beside(Graph graph, Tensor x)
    {
        if (!InputGradientOfPeft || !graph.Recording)
            return base.Beside(graph, x);
        var y = graph.Product(x.WithNode(0), Delta(graph));
        var other = graph.Product(x, Spread(graph, kernel.Value, 1));
        return graph.Add(y, graph.Subtract(other, other.WithNode(0)));
    }

    /// <summary>M[o·b+j, i·b+l] = kernel[o, i, (l + sign·j) mod b] / inputs.</summary>
    private Tensor Spread(Graph graph, Tensor values, int sign)
    {
        var places = new int[Module.Outputs * Module.Inputs];
        for (var row = 0; row < Module.Outputs; row++)
            for (var column = 0; column < Module.Inputs; column++)
                places[row * Module.Inputs + column] = row / size * Module.Inputs + column / size * size + (column % size + sign * (row % size) + size) % size;
        return graph.Scale(graph.GatherElements(values, places, Module.Outputs, Module.Inputs), 1f / Module.Inputs);
    }
}
