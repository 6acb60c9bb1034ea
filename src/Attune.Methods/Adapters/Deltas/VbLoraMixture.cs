using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>
/// Sub-vectors of VB-LoRA [n, length]: each a sum of k vectors of the bank, weighed by the softmax of its k largest logits. Logits are trained where they are there, else
/// the weights stay as the file has them.
/// </summary>
internal sealed class VbLoraMixture
{
    private readonly Parameter bank;
    private readonly Parameter? logits;
    private readonly float[] weights = [];
    private readonly int[] chosen = [];
    private readonly int k;

    /// <param name="part">vblora_logits_A or _B.</param>
    /// <param name="rows">First axis of the logits.</param>
    /// <param name="columns">Second axis.</param>
    public VbLoraMixture(AdapterReader reader, AdapterTarget target, string part, Parameter bank, int k, int rows, int columns)
    {
        (this.bank, this.k) = (bank, k);
        if (!reader.Flag("save_only_topk_weights"))
        {
            logits = reader.Trained(target, part, rows, columns, bank.Rows);
            return;
        }
        var name = AdapterReader.NameOf(target, part);
        var (stored, places) = (Taken(reader, name + "_topk_weights", rows, columns, k - 1), Taken(reader, name + "_topk_indices", rows, columns, k));
        chosen = [.. places.Integers.ToArray().Select(i => (int)i)];
        if (chosen.FirstOrDefault(i => i < 0 || i >= bank.Rows, -2) is var outside and not -2)
            throw reader.Refused(FormattableString.Invariant($"has the index {outside} in '{places.Name}', expected below {bank.Rows}; the adapter is damaged"));
        weights = Completed(stored.Floats);
        if (!reader.HasState(name))
            return;
        logits = reader.TrainedState(name, rows, columns, bank.Rows);
        reader.Derive(stored.Name, () => Written(k - 1, Shares), rows, columns, k - 1);
        reader.Derive(places.Name, () => Written(k, (_, best) => [.. best.Select(b => (float)b)]), rows, columns, k);
    }

    public Tensor Of(Graph graph)
    {
        if (logits is not null)
        {
            var best = graph.TopK(graph.Use(logits).Reshape(logits.Count / bank.Rows, bank.Rows), k, out var rows);
            return graph.WeightedRows(graph.Use(bank), rows, graph.Softmax(best));
        }
        var constant = graph.Arena.Matrix(chosen.Length / k, k);
        weights.CopyTo(constant.Span);
        return graph.WeightedRows(graph.Use(bank), chosen, constant);
    }

    private static PeftTensor Taken(AdapterReader reader, string name, int rows, int columns, int depth)
    {
        var tensor = reader.Take(name);
        return tensor.Shape.SequenceEqual([rows, columns, depth]) && tensor.HasIntegers == name.EndsWith("_indices", StringComparison.Ordinal) ? tensor
            : throw reader.Refused(FormattableString.Invariant($"has the tensor '{name}' of {tensor.Type} with shape {tensor.ShapeText}, expected {(tensor.HasIntegers ? "numbers" : "such")} of shape [{rows}, {columns}, {depth}]; it was made for another model"));
    }

    /// <summary>The file leaves out the last weight: all sum to one.</summary>
    private float[] Completed(ReadOnlySpan<float> stored)
    {
        var all = new float[chosen.Length];
        for (var i = 0; i < chosen.Length / k; i++)
        {
            var sum = 0f;
            for (var j = 0; j < k - 1; j++)
                sum += all[i * k + j] = stored[i * (k - 1) + j];
            all[i * k + k - 1] = 1 - sum;
        }
        return all;
    }

    /// <summary>What the file is to hold now, of each row of logits as much as it has room for.</summary>
    private float[] Written(int width, Func<float[], int[], float[]> made)
    {
        var result = new float[chosen.Length / k * width];
        for (var i = 0; i < chosen.Length / k; i++)
        {
            var row = logits!.Value.Span.Slice(i * bank.Rows, bank.Rows).ToArray();
            int[] best = [.. Enumerable.Range(0, bank.Rows).OrderByDescending(j => row[j]).Take(k)];
            made(row, best).AsSpan(0, width).CopyTo(result.AsSpan(i * width));
        }
        return result;
    }

    private static float[] Shares(float[] row, int[] best)
    {
        var exponentials = best.Select(b => Math.Exp(row[b] - (double)row[best[0]])).ToArray();
        return [.. exponentials.Select(e => (float)(e / exponentials.Sum()))];
    }
}
