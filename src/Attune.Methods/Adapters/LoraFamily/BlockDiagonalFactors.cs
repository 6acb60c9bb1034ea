using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>
/// LoRA in which one factor is block-diagonal (Block-Diagonal LoRA, Wang et al. 2025), so that parts of the map can be computed apart: its rows stand for n blocks one after another, and
/// each block's columns are its own share of the inputs.
/// </summary>
public sealed class BlockDiagonalFactors(LinearModule module, Parameter a, Parameter b, float scale, int blocks) : LoraFactors(module, a, b, scale)
{
    protected override Tensor FactorA(Graph graph) => A.Columns == Module.Inputs ? graph.Use(A) : Spread(graph, A, Module.Inputs);

    protected override Tensor FactorB(Graph graph) => B.Columns == A.Rows ? graph.Use(B) : Spread(graph, B, A.Rows);

    /// <summary>The stacked blocks [rows, columns / n] at their places in a matrix [rows, columns] of zeros.</summary>
    private Tensor Spread(Graph graph, Parameter stacked, int columns)
    {
        var places = new int[stacked.Rows * columns];
        Array.Fill(places, -1);
        for (var row = 0; row < stacked.Rows; row++)
        {
            var block = row / (stacked.Rows / blocks);
            for (var c = 0; c < stacked.Columns; c++)
                places[row * columns + block * stacked.Columns + c] = row * stacked.Columns + c;
        }
        return graph.GatherElements(graph.Use(stacked), places, stacked.Rows, columns);
    }
}
