using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>B·diag(E)·A beside a map.</summary>
internal sealed class AdaLoraTriplets(LinearModule module, Parameter a, Parameter e, Parameter b, float scale) : DeltaChange(module)
{
    public Parameter A => a;

    public Parameter E => e;

    public Parameter B => b;

    public override Tensor Delta(Graph graph) => graph.Product(graph.Use(b), graph.Transpose(Right(graph)));

    public override Tensor Beside(Graph graph, Tensor x) => graph.Product(graph.Product(x, Right(graph)), graph.Use(b));

    /// <summary>‖A·Aᵀ − I‖ + ‖Bᵀ·B − I‖, [1, 1].</summary>
    public Tensor Orthogonality(Graph graph)
    {
        var turned = graph.Transpose(graph.Use(b));
        var (left, right) = (graph.Use(a), turned);
        return graph.Add(Distance(graph, graph.Product(left, left)), Distance(graph, graph.Product(right, right)));
    }

    // Low-rank as it is: nothing is gained by a whole matrix.
    public override void Fix()
    {
    }

    private Tensor Right(Graph graph) => graph.Scale(graph.Multiply(graph.Use(a), graph.Use(e)), scale);

    private static Tensor Distance(Graph graph, Tensor gram)
    {
        var identity = graph.Arena.Zeros(gram.Rows, gram.Rows);
        for (var i = 0; i < gram.Rows; i++)
            identity[i][i] = 1;
        return graph.RowNorm(graph.Subtract(gram, identity).Reshape(1, gram.Rows * gram.Columns));
    }
}
