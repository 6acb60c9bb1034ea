namespace Attune.Tensors.Autograd;

/// <summary>Recorded operations in order. Places and their operations are reused from step to step.</summary>
internal sealed class Tape
{
    private readonly List<Operation> operations = [];

    /// <summary>Operations recorded in this step.</summary>
    public int Length { get; set; }

    public Operation this[int place] => operations[place];

    /// <summary>The next place, with what stood there before if it is of the same type.</summary>
    public T Next<T>()
        where T : Operation, new()
    {
        var place = Length++;
        if (place < operations.Count && operations[place] is T old)
            return old;
        var operation = new T();
        if (place < operations.Count)
            operations[place] = operation;
        else
            operations.Add(operation);
        return operation;
    }
}
