using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Reproductions.Texts;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Reproductions.ImplicitTuning;

/// <summary>
/// Forward passes that show what attention does at the last token of each query: of the model as it is, with demonstrations before the query (their keys and values computed once),
/// or with tuned maps of keys and values.
/// </summary>
internal sealed class AttentionReader : IDisposable
{
    private readonly CausalLanguageModel model;
    private readonly Graph graph = new(recording: false);
    private readonly TokenBatch batch = new();

    /// <summary>Of the present pass, by layer.</summary>
    private readonly Tensor[] outputs, queries;
    private readonly List<(AttentionShape Shape, float[][] Logits, float[][] Demonstrations)> attention = [];

    public AttentionReader(CausalLanguageModel model)
    {
        if (model.Linears.Count(l => l.Role is "q_proj" or "k_proj" or "v_proj") != 3 * model.Layers)
            throw new AttuneException($"the architecture {model.Architecture} has no maps q_proj, k_proj and v_proj in each block; use a model that does");
        (this.model, outputs, queries) = (model, new Tensor[model.Layers], new Tensor[model.Layers]);
    }

    /// <summary>Traces of queries under <paramref name="tuned"/> maps, or behind <paramref name="demonstrations"/>; both null: the model as it is.</summary>
    /// <param name="most">Queries in a pass.</param>
    public IReadOnlyList<QueryTrace> Read(PromptTask task, IReadOnlyList<PromptRow> rows, KeyValueTuning? tuned, KeyValuePrefix? demonstrations, CancellationToken cancel, int most = 8)
    {
        var sites = Sites(tuned);
        sites.Prefix = demonstrations;
        var result = new List<QueryTrace>();
        graph.AttentionObserver = Observe;
        for (var start = 0; start < rows.Count; start += most)
        {
            cancel.ThrowIfCancellationRequested();
            Pass(task, [.. rows.Skip(start).Take(most)], sites, demonstrations?.Length ?? 0, result);
        }
        return result;
    }

    /// <summary>Keys and values of demonstrations in every layer, as a prefix that stands before every query.</summary>
    public KeyValuePrefix Demonstrations(PromptTask task, IReadOnlyList<PromptRow> rows)
    {
        int[] tokens = [.. task.Beginning, .. rows.SelectMany(task.Demonstration)];
        var sites = new SiteSet(model, "demonstrations");
        var (keys, values) = (new Parameter[model.Layers], new Parameter[model.Layers]);
        foreach (var map in model.Linears.Where(l => l.Role == "v_proj"))
            sites.Add(map, new MapTap(v => values[map.Layer] = Copy(v)));
        var layer = 0;
        graph.AttentionObserver = (_, _, _, k, _) => keys[layer++] = Copy(k);
        graph.Reset();
        batch.Clear();
        batch.Add(tokens);
        model.Forward(graph, batch, sites);
        return new KeyValuePrefix(tokens.Length, [.. keys.Select(k => k.Value)], [.. values.Select(v => v.Value)]) { Owner = (keys, values) };
    }

    public void Dispose() => graph.Dispose();

    private static Parameter Copy(Tensor t)
    {
        var copy = new Parameter("copy", t.Rows, t.Columns);
        t.Span.CopyTo(copy.Value.Span);
        return copy;
    }

    private SiteSet Sites(KeyValueTuning? tuned)
    {
        var sites = new SiteSet(model, "read");
        tuned?.Attach(sites);
        foreach (var map in model.Linears.Where(l => l.Role == "q_proj"))
            sites.Add(map, new MapTap(q => queries[map.Layer] = LastRows(q)));
        for (var layer = 0; layer < model.Layers; layer++)
        {
            var at = layer;
            sites.Add(ActivationPoint.AttentionOutput, layer, new Look(value => outputs[at] = LastRows(value)));
        }
        return sites;
    }

    private void Pass(PromptTask task, PromptRow[] rows, SiteSet sites, int past, List<QueryTrace> result)
    {
        attention.Clear();
        graph.Reset();
        batch.Clear();
        foreach (var row in rows)
        {
            // What begins every text stands before the demonstrations already.
            batch.Add(past > 0 ? row.Input : [.. task.Beginning, .. row.Input], past);
        }
        var states = model.Forward(graph, batch, sites);
        var scores = model.Logits(graph, graph.GatherRows(states, LastOf()), batch, sites);
        for (var i = 0; i < rows.Length; i++)
        {
            result.Add(new QueryTrace(
                [.. outputs.Select(o => o[i].ToArray())],
                [.. attention.Select(a => a.Logits[i])],
                [.. attention.Select(a => a.Demonstrations[i])],
                [.. queries.Select(q => q[i].ToArray())],
                [.. task.Labels.Select(l => (double)scores[i][l[0]])]));
        }
    }

    /// <summary>The last token's row of each segment, in memory that lives until the next pass.</summary>
    private Tensor LastRows(Tensor value)
    {
        var result = graph.Persistent.Matrix(batch.Segments.Count, value.Columns);
        var rows = LastOf();
        for (var i = 0; i < rows.Length; i++)
            value[rows[i]].CopyTo(result[i]);
        return result;
    }

    private int[] LastOf() => [.. batch.Segments.Select(s => s.Start + s.Length - 1)];

    private void Observe(AttentionShape shape, AttentionBias bias, Tensor q, Tensor k, ReadOnlySpan<AttentionRange> ranges)
    {
        var (logits, demonstrations) = (new float[ranges.Length][], new float[ranges.Length][]);
        for (var r = 0; r < ranges.Length; r++)
            (logits[r], demonstrations[r]) = Last(shape, q, k, ranges[r]);
        attention.Add((shape, logits, demonstrations));
    }

    /// <summary>Of a range's last query: scores over its own tokens by head, and shares of what stands before, summed over heads.</summary>
    private static (float[] Logits, float[] Demonstrations) Last(AttentionShape shape, Tensor q, Tensor k, AttentionRange range)
    {
        var past = range.KeyCount - range.QueryCount;
        var (logits, shares, scores) = (new float[shape.Heads * range.QueryCount], new float[past], new double[range.KeyCount]);
        for (var head = 0; head < shape.Heads; head++)
        {
            var query = q[range.QueryStart + range.QueryCount - 1].Slice(head * shape.HeadDim, shape.HeadDim);
            for (var j = 0; j < scores.Length; j++)
                scores[j] = shape.Scale * Vectors.Dot(query, k[range.KeyStart + j].Slice(head / shape.Group * shape.HeadDim, shape.HeadDim));
            for (var j = past; j < scores.Length; j++)
                logits[head * range.QueryCount + j - past] = (float)scores[j];
            var most = scores.Max();
            var sum = scores.Sum(s => Math.Exp(s - most));
            for (var j = 0; j < past; j++)
                shares[j] += (float)(Math.Exp(scores[j] - most) / sum);
        }
        return (logits, shares);
    }

    private sealed class Look(Action<Tensor> see) : ITensorSite
    {
        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch)
        {
            see(value);
            return value;
        }
    }
}
