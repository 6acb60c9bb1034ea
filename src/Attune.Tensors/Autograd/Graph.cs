namespace Attune.Tensors.Autograd;

/// <summary>
/// Where operations run. Each is an extension method in a file of its own: it computes its result in the graph's memory and,
/// if the graph records and an input wants a gradient, leaves an <see cref="Operation"/> on the tape. So inference and
/// training are the same calls; inference forgets. After the first step nothing is allocated. Not thread-safe.
/// </summary>
public sealed unsafe class Graph : IDisposable
{
    private readonly Arena[] layers = [new(), new()];
    private readonly List<Operation> tape = [];
    private Node[] nodes = new Node[64];
    private int nodeCount = 1;
    private int tapeLength;
    private int current;

    public Graph(bool recording) => Recording = recording;

    /// <summary>In which numbers products with frozen weights are computed. Recording graphs are always exact.</summary>
    public Precision Precision { get; init; }

    /// <summary>Whether operations over tensors that want gradients are recorded.</summary>
    public bool Recording { get; }

    /// <summary>Memory of the present layer. While recording it lives until <see cref="Reset"/>; otherwise until the layer after the next.</summary>
    public Arena Arena => layers[current];

    /// <summary>Memory that lives until <see cref="Reset"/>.</summary>
    public Arena Persistent { get; } = new();

    /// <summary>
    /// Says that a layer begins: without recording, what was computed two layers ago is forgotten, so a layer may use
    /// the results of the one before it and nothing older, except what stands in <see cref="Persistent"/>.
    /// </summary>
    public void BeginLayer()
    {
        if (Recording)
            return;
        current ^= 1;
        layers[current].Reset();
    }

    /// <summary>Whether an operation over these inputs must be recorded.</summary>
    public bool Wants(Tensor a) => Recording && a.Node != 0;

    public bool Wants(Tensor a, Tensor b) => Recording && (a.Node | b.Node) != 0;

    public bool Wants(Tensor a, Tensor b, Tensor c) => Recording && (a.Node | b.Node | c.Node) != 0;

    /// <summary>The tensor as an output that carries a gradient.</summary>
    public Tensor Track(Tensor t) => t.WithNode(AddNode(null));

    /// <summary>A parameter as an input; backward adds to <see cref="Parameter.Gradient"/>.</summary>
    public Tensor Use(Parameter parameter) =>
        Recording ? parameter.Value.WithNode(AddNode(parameter.Gradient.Data)) : parameter.Value;

    /// <summary>The next place on the tape, its operation reused if the step before had one of the same type there.</summary>
    public T Record<T>()
        where T : Operation, new()
    {
        if (tapeLength < tape.Count && tape[tapeLength] is T old)
        {
            tapeLength++;
            return old;
        }
        var operation = new T();
        if (tapeLength < tape.Count)
            tape[tapeLength] = operation;
        else
            tape.Add(operation);
        tapeLength++;
        return operation;
    }

    /// <summary>The gradient of <paramref name="t"/>, to be added to: zeros at first. <paramref name="t"/> must carry one.</summary>
    public Tensor Gradient(Tensor t)
    {
        ref var node = ref nodes[t.Node];
        if (node.Gradient is null)
        {
            var zeros = Persistent.Zeros(t.Rows, t.Columns);
            node.Gradient = zeros.Data;
        }
        return new Tensor(node.Gradient, t.Rows, t.Columns);
    }

    /// <summary>Whether anything has added to the gradient of <paramref name="t"/> (or it is a parameter).</summary>
    public bool HasGradient(Tensor t) => t.Node != 0 && nodes[t.Node].Gradient is not null;

    /// <summary>Runs the tape backwards from <paramref name="output"/>, whose gradient is set to <paramref name="seed"/> everywhere.</summary>
    public void Backward(Tensor output, float seed = 1)
    {
        if (output.Node == 0)
            throw new InvalidOperationException("Backward: the output depends on no parameter");
        Gradient(output).Span.Fill(seed);
        RunBackward();
    }

    /// <summary>Runs the tape backwards after the caller has filled gradients of outputs itself.</summary>
    public void RunBackward()
    {
        for (var i = tapeLength - 1; i >= 0; i--)
            tape[i].Backward(this);
    }

    /// <summary>Forgets the step: every tensor of this graph is dead afterwards.</summary>
    public void Reset()
    {
        layers[0].Reset();
        layers[1].Reset();
        Persistent.Reset();
        nodeCount = 1;
        tapeLength = 0;
    }

    public void Dispose()
    {
        layers[0].Dispose();
        layers[1].Dispose();
        Persistent.Dispose();
    }

    private int AddNode(float* gradient)
    {
        if (nodeCount == nodes.Length)
            Array.Resize(ref nodes, nodes.Length * 2);
        nodes[nodeCount].Gradient = gradient;
        return nodeCount++;
    }

    private struct Node
    {
        public float* Gradient;
    }
}
