using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class CosineSimilarityOperation
{
    /// <summary>a·b / (max(‖a‖, ε)·max(‖b‖, ε)) of rows with the same number: [M, C], [M, C] → [M, 1]. 0 where a row is zero.</summary>
    public static Tensor CosineSimilarity(this Graph graph, Tensor a, Tensor b, float epsilon = 1e-8f)
    {
        Shapes.Same("CosineSimilarity", a, b);
        var y = graph.Arena.Matrix(a.Rows, 1);
        float* lengthA = graph.Arena.Floats(a.Rows), lengthB = graph.Arena.Floats(a.Rows);
        RowLengths.Cosine(a, b, epsilon, y, lengthA, lengthB);
        if (!graph.Wants(a, b))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(a);
        graph.Keep(b);
        graph.Keep(y);
        graph.Keep(lengthA);
        graph.Keep(lengthB);
        (node.A, node.B, node.Y) = (a, b, y);
        node.LengthA = lengthA;
        node.LengthB = lengthB;
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor A, B, Y;
        public float* LengthA, LengthB;

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Upstream(Y);
            if (A.Node != 0)
                RowLengths.CosineBackward(A, B, Y, LengthA, LengthB, dy, graph.Gradient(A));
            if (B.Node != 0)
                RowLengths.CosineBackward(B, A, Y, LengthB, LengthA, dy, graph.Gradient(B));
        }
    }
}
