using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures.Blocks;

/// <summary>A convolution along a sequence with windows of three frames, zeros before the first and behind the last.</summary>
/// <param name="weight">[outputs, inputs · 3].</param>
/// <param name="bias">[1, outputs].</param>
internal sealed class Convolution(VectorModule weight, VectorModule bias)
{
    private const int Size = 3;

    public int Stride { get; init; } = 1;

    public int Inputs => weight.Length / weight.Rows / Size;

    public int Outputs => weight.Rows;

    /// <summary>Frames that come out of <paramref name="frames"/>.</summary>
    public int Length(int frames) => (frames - 1) / Stride + 1;

    /// <summary>One sequence: [frames, inputs] → [Length, outputs].</summary>
    public Tensor Apply(Graph graph, Tensor x, SiteSet? sites) =>
        graph.Convolution(x, weight.Apply(graph, sites), bias.Apply(graph, sites), Window.Over(x.Rows, Size, Stride, padding: 1));
}
