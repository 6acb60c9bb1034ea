namespace Attune.Tensors.Autograd;

public static class GraphMemory
{
    /// <summary>Forgets the step and gives its memory back to the system; the graph can be used again, and takes what it then needs.</summary>
    public static void Trim(this Graph graph)
    {
        graph.Reset();
        graph.Dispose();
    }
}
