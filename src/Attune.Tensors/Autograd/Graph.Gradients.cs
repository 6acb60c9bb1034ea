namespace Attune.Tensors.Autograd;

/// <summary>The gradients of a graph's tensors.</summary>
public sealed unsafe partial class Graph
{
    /// <summary>Bytes before a gradient's numbers, where the count of the nodes stands that share it.</summary>
    private const int Header = 64;

    private Node[] nodes = new Node[64];
    private int nodeCount = 1;

    /// <summary>The gradient of <paramref name="t"/>, to be added to: zeros at first. <paramref name="t"/> must carry one.</summary>
    public Tensor Gradient(Tensor t)
    {
        var gradient = Gradient(t, out var first);
        if (first)
            gradient.Clear();
        return gradient;
    }

    /// <summary>
    /// The gradient of <paramref name="t"/>, to be added to, or where it is the <paramref name="first"/> time, to be written in whole: its
    /// contents are undefined then.
    /// </summary>
    internal Tensor Gradient(Tensor t, out bool first)
    {
        ref var node = ref nodes[t.Node];
        if (node.Parameter is { } parameter)
            return new Tensor(parameter.ToAdd(out first).Data, t.Rows, t.Columns);
        first = node.Gradient is null;
        if (first)
            TakeGradient(ref node, t.Count);
        else if (Users(node) > 1)
        {
            var shared = node.Gradient;
            Users(node)--;
            TakeGradient(ref node, t.Count);
            new Tensor(shared, t.Rows, t.Columns).Span.CopyTo(new Tensor(node.Gradient, t.Rows, t.Columns).Span);
        }
        return new Tensor(node.Gradient, t.Rows, t.Columns);
    }

    /// <summary>The gradient of an output, to be read only.</summary>
    internal Tensor Upstream(Tensor t) => new(nodes[t.Node].Gradient, t.Rows, t.Columns);

    /// <summary>Adds the gradient of <paramref name="from"/> to that of <paramref name="to"/>, which have the same shape: the first is shared, not copied.</summary>
    internal void Pass(Tensor from, Tensor to)
    {
        ref var node = ref nodes[to.Node];
        ref var source = ref nodes[from.Node];
        if (node.Gradient is not null || node.Parameter is not null)
        {
            Kernels.Elementwise.AddTo(Upstream(from), Gradient(to));
            return;
        }
        node.Gradient = source.Gradient;
        Users(node)++;
    }

    /// <summary>Whether anything has added to the gradient of <paramref name="t"/> (or it is a parameter).</summary>
    public bool HasGradient(Tensor t) => t.Node != 0 && (nodes[t.Node].Gradient is not null || nodes[t.Node].Parameter is not null);

    private static ref int Users(in Node node) => ref *(int*)((byte*)node.Gradient - Header);

    private void TakeGradient(ref Node node, long count)
    {
        node.Gradient = (float*)(memory!.TakeOwned(count * sizeof(float) + Header) + Header);
        Users(node) = 1;
    }

    private void Release(ref Node node)
    {
        if (node.Gradient is null)
            return;
        if (--Users(node) == 0)
            memory!.Give((byte*)node.Gradient - Header);
        node.Gradient = null;
    }

    private int AddNode(Parameter? parameter)
    {
        if (nodeCount == nodes.Length)
            Array.Resize(ref nodes, nodes.Length * 2);
        nodes[nodeCount] = new Node { Parameter = parameter };
        return nodeCount++;
    }

    private struct Node
    {
        /// <summary>Null where nothing has been added, or it is a parameter's.</summary>
        public float* Gradient;

        public Parameter? Parameter;
    }
}
