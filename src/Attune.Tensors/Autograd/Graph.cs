namespace Attune.Tensors.Autograd;

/// <summary>
/// Where operations run. Each is an extension method in a file of its own: it computes its result in the graph's memory and,
/// if the graph records and an input wants a gradient, leaves an <see cref="Operation"/> on the tape. So inference and
/// training are the same calls; inference forgets. While recording, an operation keeps what its gradient rule reads (<see cref="Keep(Tensor)"/>);
/// the rest passes with its layer, and a gradient's memory is used again once the operation that it came to has run backwards.
/// After the first steps nothing is allocated. Not thread-safe.
/// </summary>
public sealed unsafe partial class Graph : IDisposable
{
    private readonly Arena[] layers;
    private readonly StepMemory? memory;
    private Tape tape = new();
    private int current;
    private bool taping;

    public Graph(bool recording)
    {
        Recording = taping = recording;
        layers = recording ? [memory = new StepMemory()] : [new(), new()];
    }

    /// <summary>In which numbers products with frozen weights are computed. Recording graphs are always exact.</summary>
    public Precision Precision { get; init; }

    /// <summary>Whether this graph is for training: operations over tensors that want gradients are recorded.</summary>
    public bool Recording { get; }

    /// <summary>Memory of the present layer. It lives until the layer after the next begins, if nothing recorded keeps it.</summary>
    public Arena Arena => layers[current];

    /// <summary>Memory that lives until <see cref="Reset"/>.</summary>
    public Arena Persistent { get; } = new();

    /// <summary>
    /// Says that a layer begins: what was computed two layers ago is forgotten, so a layer may use the results of the one before
    /// it and nothing older, except what stands in <see cref="Persistent"/>. What recorded operations keep lives on for them alone.
    /// </summary>
    public void BeginLayer()
    {
        if (memory is not null)
        {
            memory.BeginLayer();
            return;
        }
        current ^= 1;
        layers[current].Reset();
    }

    /// <summary>A recorded operation says that its gradient rule will read these numbers.</summary>
    internal void Keep(Tensor t) => memory!.Keep(t.Data);

    /// <inheritdoc cref="Keep(Tensor)"/>
    internal void Keep(void* address) => memory!.Keep(address);

    /// <summary>Whether an operation over these inputs must be recorded.</summary>
    public bool Wants(Tensor a) => taping && a.Node != 0;

    public bool Wants(Tensor a, Tensor b) => taping && (a.Node | b.Node) != 0;

    public bool Wants(Tensor a, Tensor b, Tensor c) => taping && (a.Node | b.Node | c.Node) != 0;

    /// <summary>The tensor as an output that carries a gradient.</summary>
    public Tensor Track(Tensor t) => t.WithNode(AddNode(null));

    /// <summary>A parameter as an input; backward adds to <see cref="Parameter.Gradient"/>.</summary>
    public Tensor Use(Parameter parameter) =>
        taping ? parameter.Value.WithNode(AddNode(parameter)) : parameter.Value;

    /// <summary>
    /// The next place on the tape, its operation reused if the step before had one of the same type there. Its output is the tensor
    /// that was tracked last.
    /// </summary>
    public T Record<T>()
        where T : Operation, new()
    {
        var operation = tape.Next<T>();
        operation.Output = nodeCount - 1;
        return operation;
    }

    /// <summary>Runs the tape backwards from <paramref name="output"/>, whose gradient is set to <paramref name="seed"/> everywhere.</summary>
    public void Backward(Tensor output, float seed = 1)
    {
        if (output.Node == 0)
            throw new InvalidOperationException("Backward: the output depends on no parameter");
        Gradient(output).Span.Fill(seed);
        RunBackward();
    }

    /// <summary>
    /// Runs the tape backwards after the caller has filled gradients of outputs itself. The gradient of an operation's output is
    /// forgotten when the operation has passed it on, and what an operation takes from <see cref="Arena"/> when it ends; the gradients
    /// of parameters and of other leaves remain.
    /// </summary>
    public void RunBackward()
    {
        for (var i = tape.Length - 1; i >= 0; i--)
        {
            using var _ = Profile.IsRunning ? Profile.Measure(tape[i].BackwardWork(this)) : default;
            var mark = memory!.Mark();
            tape[i].Backward(this);
            memory.GiveKept(mark);
            Release(ref nodes[tape[i].Output]);
        }
    }

    /// <summary>Forgets the step: every tensor of this graph is dead afterwards.</summary>
    public void Reset()
    {
        Forget();
        drawn.Clear();
    }

    private void Forget()
    {
        foreach (var layer in layers)
            layer.Reset();
        Persistent.Reset();
        nodeCount = 1;
        tape.Length = again.Length = drawnCount = 0;
        drawnAgain = -1;
        taping = Recording;
    }

    public void Dispose()
    {
        foreach (var layer in layers)
            layer.Dispose();
        Persistent.Dispose();
        rounded.Dispose();
    }

    /// <summary>Overwrites the memory that recorded operations do not keep: a test finds by it a rule that reads what it did not keep.</summary>
    internal void SpoilWhatIsNotKept()
    {
        memory!.BeginLayer();
        memory.BeginLayer();
        memory.Spoil();
    }
}
