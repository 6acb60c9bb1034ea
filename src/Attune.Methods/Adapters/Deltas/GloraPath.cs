using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>One of GLoRA's matrices A to E [rows, columns]: a product of two narrow ones, a vector, one number, or nothing (zeros, which the file holds).</summary>
internal sealed class GloraPath
{
    private readonly Parameter? narrow, wide;

    /// <param name="kind">lora, vector, constant or none.</param>
    /// <param name="vector">The shape of a vector in the file.</param>
    /// <param name="shape">The shape of the zeros in the file, and of a product of two narrow matrices.</param>
    public GloraPath(AdapterReader reader, AdapterTarget target, string part, string kind, int rank, ReadOnlySpan<int> vector, ReadOnlySpan<int> shape)
    {
        switch (kind)
        {
            case "lora":
                (narrow, wide) = (reader.Trained(target, part + ".Xd", shape[0], rank), reader.Trained(target, part + ".Xu", rank, shape[1]));
                break;
            case "vector":
                narrow = reader.Trained(target, part + ".X", vector);
                break;
            case "constant":
                narrow = reader.Trained(target, part + ".X", 1);
                break;
            default:
                reader.Frozen(target, part + ".zeros", shape);
                break;
        }
    }

    /// <summary>Where it is nothing but zeros.</summary>
    public bool IsEmpty => narrow is null;

    /// <summary>[rows, columns], or what spreads over it: a column, a row, one number.</summary>
    public Tensor Of(Graph graph) => wide is null ? graph.Use(narrow!) : graph.Product(graph.Use(narrow!), graph.Transpose(graph.Use(wide)));

    public static void Begin(AdapterStart start, string name, string kind, int rank, SeededRandom random, IReadOnlyList<int> vector, IReadOnlyList<int> shape)
    {
        switch (kind)
        {
            case "lora":
                start.Fill(name + ".Xd", 0, shape[0], rank);
                start.Uniform(name + ".Xu", 1 / Math.Sqrt(shape[1]), random, rank, shape[1]);
                break;
            case "vector":
                start.Fill(name + ".X", 0, vector);
                break;
            case "constant":
                start.Fill(name + ".X", 0, 1);
                break;
            default:
                start.Fill(name + ".zeros", 0, shape);
                break;
        }
    }
}
