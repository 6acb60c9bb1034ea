namespace Attune.Tensors.Autograd;

/// <summary>One recorded operation: what its gradient rule needs. Instances are reused from step to step.</summary>
public abstract class Operation
{
    /// <summary>What <see cref="Backward"/> has to do, for a <see cref="Profile"/>.</summary>
    internal virtual OperationWork BackwardWork(Graph graph) => new(OperationKind.OtherBackward);

    /// <summary>The node of the result.</summary>
    internal int Output { get; set; }

    /// <summary>Adds to the gradients of the inputs, given that of the output. Called once, after all users of the output.</summary>
    internal abstract void Backward(Graph graph);
}
