namespace Attune.Tensors.Autograd;

/// <summary>Part of a graph: blocks of a model that are computed again in the backward pass instead of being kept.</summary>
public sealed unsafe partial class Graph
{
    private readonly List<ulong> drawn = [];
    private Tape again = new();
    private int drawnCount;
    private int drawnAgain = -1;

    /// <summary>
    /// Whether a model's blocks keep only their input and are computed again in the backward pass (Chen et al. 2016): a third to a
    /// half more time, and the memory of one block instead of all. The results are the same bit for bit.
    /// </summary>
    public bool Recomputes { get; set; }

    /// <summary>
    /// y = block(graph, x, index), of which only x is kept. The block may read x, parameters and what stands in <see cref="Persistent"/>,
    /// and must compute the same when it is called again.
    /// </summary>
    public Tensor Recomputed(Tensor x, int index, Func<Graph, Tensor, int, Tensor> block)
    {
        if (!taping)
            return block(this, x, index);
        var first = drawnCount;
        taping = false;
        var y = block(this, x, index).WithNode(0);
        taping = true;
        Keep(x);
        y = Track(y);
        var node = Record<Again>();
        (node.X, node.Y, node.Index, node.FirstDrawn, node.Block) = (x, y, index, first, block);
        return y;
    }

    /// <summary>The next number of <paramref name="random"/>; in what is computed again, the one that was drawn the first time.</summary>
    internal ulong Draw(SeededRandom random)
    {
        if (drawnAgain >= 0)
            return drawn[drawnAgain++];
        if (drawnCount == drawn.Count)
            drawn.Add(random.NextUInt64());
        return drawn[drawnCount++];
    }

    /// <summary>Whether memory for this step was not to be had.</summary>
    public bool RanShort => memory is { RanShort: true };

    /// <summary>
    /// Forgets a step that failed, and gives its memory back, so that the same step can be tried again: it will draw the random numbers
    /// that it drew before.
    /// </summary>
    public void Repeat()
    {
        Forget();
        memory?.Dispose();
    }

    private void RunAgain(Again node)
    {
        var (mark, count) = (memory!.Mark(), nodeCount);
        (tape, again) = (again, tape);
        tape.Length = 0;
        drawnAgain = node.FirstDrawn;
        var y = node.Block!(this, node.X, node.Index);
        drawnAgain = -1;
        if (y.Node != 0)
        {
            Pass(node.Y, y);
            RunBackward();
        }
        (tape, again) = (again, tape);
        nodeCount = count;
        memory.GiveKept(mark);
    }

    private sealed class Again : Operation
    {
        public Tensor X, Y;
        public int Index, FirstDrawn;
        public Func<Graph, Tensor, int, Tensor>? Block;

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                graph.RunAgain(this);
        }
    }
}
