using Attune.Tensors;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>A random bias of one form, made to measure, and the same as a formula.</summary>
internal sealed class AttentionBiasCase
{
    private readonly string form;
    private readonly int zero;

    /// <param name="form">"distances", "keys" or "pairs".</param>
    /// <param name="shape">What attention computes.</param>
    /// <param name="queries">Rows of q.</param>
    /// <param name="keys">Keys of the longest sequence.</param>
    /// <param name="seed">Of the numbers.</param>
    public AttentionBiasCase(string form, AttentionShape shape, int queries, int keys, ulong seed)
    {
        this.form = form;
        // No number to spare: a distance ahead is there only where the mask lets it through.
        var (back, ahead) = (shape.Window > 0 ? Math.Min(keys, shape.Window) : keys, shape.Causal ? 1 : shape.Symmetric ? Math.Min(keys, shape.Window) : keys);
        zero = back - 1;
        Columns = form switch { "distances" => back + ahead - 1, "keys" => keys, _ => shape.Heads * keys };
        Heads = shape.Heads;
        Values = AttentionBatch.Normal(new SeededRandom(seed), (form == "pairs" ? queries : shape.Heads) * Columns);
    }

    public static string[] Forms => ["distances", "keys", "pairs"];

    public int Heads { get; }

    public int Columns { get; }

    public float[] Values { get; }

    public AttentionBias Of(Tensor values) => form switch
    {
        "distances" => AttentionBias.OfDistances(values, zero),
        "keys" => AttentionBias.OfKeys(values),
        _ => AttentionBias.OfPairs(values, Heads),
    };

    /// <summary>Numbers of pairs belong to rows: those of some of them.</summary>
    public float[] OfRows(int start, int count) => form == "pairs" ? Values.AsSpan(start * Columns, count * Columns).ToArray() : Values;

    public double Formula(int row, int head, int position, int key) => form switch
    {
        "distances" => Place(head, key - position + zero),
        "keys" => Place(head, key),
        _ => Place(row, head * (Columns / Heads) + key),
    };

    /// <summary>A number outside of the table counts only where a mask hides it.</summary>
    private double Place(int row, int column) => column >= 0 && column < Columns ? Values[row * Columns + column] : double.NaN;
}
