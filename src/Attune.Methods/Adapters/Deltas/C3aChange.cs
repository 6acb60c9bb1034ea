using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Blocks of circulant matrices beside a map.</summary>
internal sealed class C3aChange(LinearModule module, Parameter kernel, int size) : DeltaChange(module)
{
    private readonly int[] places = Places(module, size, -1);

    /// <summary>
    /// Whether the gradient of the input is PEFT's, whose rule takes kernel[(l+j) mod b] where the transposed map has kernel[(l−j) mod b] (peft 0.21,
    /// BlockCircularConvolution.backward). Only to compare with it: below the last layer its gradients are not those of its own loss.
    /// </summary>
    public bool InputGradientOfPeft { get; set; }

    public override Tensor Delta(Graph graph) => Spread(graph, graph.Use(kernel), places);

    public override Tensor Beside(Graph graph, Tensor x)
    {
        if (!InputGradientOfPeft || !graph.Recording)
            return base.Beside(graph, x);
        var y = graph.Product(x.WithNode(0), Delta(graph));
        var other = graph.Product(x, Spread(graph, kernel.Value, Places(Module, size, 1)));
        return graph.Add(y, graph.Subtract(other, other.WithNode(0)));
    }

    private Tensor Spread(Graph graph, Tensor values, int[] at) => graph.Scale(graph.GatherElements(values, at, Module.Outputs, Module.Inputs), 1f / Module.Inputs);

    /// <summary>Of M[o·b+j, i·b+l] the place of kernel[o, i, (l + sign·j) mod b].</summary>
    private static int[] Places(LinearModule module, int size, int sign)
    {
        var at = new int[module.Outputs * module.Inputs];
        for (var row = 0; row < module.Outputs; row++)
            for (var column = 0; column < module.Inputs; column++)
                at[row * module.Inputs + column] = row / size * module.Inputs + column / size * size + (column % size + sign * (row % size) + size) % size;
        return at;
    }
}
