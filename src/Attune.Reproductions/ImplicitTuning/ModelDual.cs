using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Reproductions.Texts;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.ImplicitTuning;

/// <summary>
/// The dual form of attention (arXiv 2212.10559, §3.3) with a language model's own maps W_Q, W_K, W_V on the states that its attention reads: no softmax, no 1/√d, no positions, in float64.
/// </summary>
internal static class ModelDual
{
    /// <summary>
    /// The largest relative distance, over all layers and heads, of attention over demonstrations and query from (W_ZSL + ΔW_ICL)·q: once in the prompt's order and once with
    /// whole demonstrations in another, which ΔW_ICL does not know of.
    /// </summary>
    public static double Error(CausalLanguageModel model, PromptTask task, IReadOnlyList<PromptRow> demonstrations, PromptRow query, SeededRandom random)
    {
        int[][] parts = [.. demonstrations.Select(task.Demonstration)];
        var inputs = Inputs(model, [.. task.Beginning, .. parts.SelectMany(p => p), .. query.Input]);
        var shown = task.Beginning.Length + parts.Sum(p => p.Length);
        int[] prompt = [.. Enumerable.Range(0, shown)], moved = Moved(parts, task.Beginning.Length, random);
        int[] own = [.. Enumerable.Range(shown, query.Input.Length)];
        var worst = 0.0;
        for (var layer = 0; layer < model.Layers; layer++)
            for (var head = 0; head < model.Heads; head++)
                worst = Math.Max(worst, OfHead(new Head(model, layer, head, inputs[layer]), prompt, moved, own));
        return worst;
    }

    private static double OfHead(Head head, int[] prompt, int[] moved, int[] own)
    {
        double[] Attention(int[] before) => DualForm.LinearAttention(head.Values([.. before, .. own]), head.Keys([.. before, .. own]), head.Query);
        var (zero, change) = (DualForm.Update(head.Values(own), head.Keys(own)), DualForm.Update(head.Values(prompt), head.Keys(prompt)));
        double[] parts = [.. DualForm.Apply(zero, head.Query).Zip(DualForm.Apply(change, head.Query), (a, b) => a + b)];
        return Math.Max(DualForm.Relative(Attention(prompt), parts), DualForm.Relative(Attention(moved), parts));
    }

    /// <summary>Places of the prompt's tokens with whole demonstrations dealt out anew.</summary>
    private static int[] Moved(int[][] parts, int start, SeededRandom random)
    {
        var order = Enumerable.Range(0, parts.Length).ToArray();
        random.Shuffle<int>(order);
        return [.. Enumerable.Range(0, start), .. order.SelectMany(o => Enumerable.Range(start + parts.Take(o).Sum(p => p.Length), parts[o].Length))];
    }

    /// <summary>[layer][token][hidden]: what the maps of queries, keys and values read.</summary>
    private static double[][][] Inputs(CausalLanguageModel model, int[] tokens)
    {
        var result = new double[model.Layers][][];
        var sites = new SiteSet(model, "dual");
        foreach (var map in model.Linears.Where(l => l.Role == "q_proj"))
            sites.Add(map, new InputTap(x => result[map.Layer] = [.. Enumerable.Range(0, x.Rows).Select(r => Doubles(x[r]))]));
        using var graph = new Graph(recording: false);
        var batch = new TokenBatch();
        batch.Add(tokens);
        model.Forward(graph, batch, sites);
        return result;
    }

    private static double[] Doubles(ReadOnlySpan<float> values)
    {
        var result = new double[values.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = values[i];
        return result;
    }

    /// <summary>One head's keys and values of every token, and its query of the last.</summary>
    private sealed class Head
    {
        private readonly double[][] keys, values;

        public Head(CausalLanguageModel model, int layer, int head, double[][] inputs)
        {
            // Heads share maps of keys and values in groups.
            var group = head * model.KvHeads / model.Heads;
            double[][] Map(string role, int of) => Rows(model.Linears.Single(l => l.Layer == layer && l.Role == role), of * model.HeadDim, model.HeadDim);
            var (k, v) = (Map("k_proj", group), Map("v_proj", group));
            (keys, values) = ([.. inputs.Select(x => DualForm.Apply(k, x))], [.. inputs.Select(x => DualForm.Apply(v, x))]);
            Query = DualForm.Apply(Map("q_proj", head), inputs[^1]);
        }

        public double[] Query { get; }

        public List<double[]> Keys(int[] tokens) => [.. tokens.Select(t => keys[t])];

        public List<double[]> Values(int[] tokens) => [.. tokens.Select(t => values[t])];

        private static double[][] Rows(LinearModule map, int first, int count)
        {
            var row = new float[map.Inputs];
            return [.. Enumerable.Range(first, count).Select(r =>
            {
                map.Weight.ReadRow(r, row);
                return Doubles(row);
            })];
        }
    }

    private sealed class InputTap(Action<Tensor> see) : IWeightSite
    {
        public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites)
        {
            see(x);
            return module.Base(graph, x, sites);
        }
    }
}
