using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Generation;
using Attune.Reproductions.Texts;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.Tart;

/// <summary>
/// TART's leave-one-out embeddings (arXiv 2306.07536, §4.2): the mean of the last hidden states over a row's input, behind a prompt of all other labelled rows; a test row
/// stands behind all of them. The span is the same for both, the rendered input up to the label's words. Prompts of row i and of the rows behind it share what stands before i,
/// and a smaller number of rows is a prefix of a larger one: keys and values of what is shared are computed once.
/// </summary>
internal sealed class LooEmbedder(CausalLanguageModel model) : IDisposable
{
    private const long CacheBytes = 1L << 30;

    /// <summary>Rows left out whose prompts are worked on together.</summary>
    private const int Group = 4;

    /// <summary>Test rows in a pass.</summary>
    private const int TestGroup = 16;

    private readonly SequenceCache cache = model.CreateCache(CacheBytes);
    private readonly Graph graph = new(recording: false);
    private readonly TokenBatch batch = new();

    /// <param name="rows">Labelled rows in the order of the prompt.</param>
    /// <param name="sizes">Ascending; the last is the number of rows.</param>
    public IReadOnlyList<LooEmbeddings> Embed(PromptTask task, IReadOnlyList<PromptRow> rows, IReadOnlyList<int> sizes, IReadOnlyList<PromptRow> tests, CancellationToken cancel)
    {
        using var atWork = cache.Enter();
        var before = new List<CachedSequence>();
        try
        {
            Begin(task, rows, before);
            var train = sizes.ToDictionary(s => s, s => new float[s][]);
            for (var first = 0; first < rows.Count; first += Group)
            {
                cancel.ThrowIfCancellationRequested();
                LeaveOut(task, rows, sizes, [.. Enumerable.Range(first, Math.Min(Group, rows.Count - first))], before, train);
            }
            var result = new List<LooEmbeddings>();
            foreach (var size in sizes)
            {
                cancel.ThrowIfCancellationRequested();
                var (vectors, scores) = Test(task, tests, before[size]);
                result.Add(new LooEmbeddings(size, train[size], vectors, scores));
            }
            return result;
        }
        finally
        {
            foreach (var sequence in before)
                sequence.Dispose();
        }
    }

    public void Dispose()
    {
        graph.Dispose();
        cache.Dispose();
    }

    /// <summary>The sequences that end before row 0, 1, …, and behind the last.</summary>
    private void Begin(PromptTask task, IReadOnlyList<PromptRow> rows, List<CachedSequence> before)
    {
        before.Add(cache.Begin());
        if (task.Beginning.Length > 0)
            Run([(before[0], task.Beginning)], states: false);
        foreach (var row in rows)
        {
            var next = before[^1].Fork();
            before.Add(next);
            Run([(next, task.Demonstration(row))], states: false);
        }
    }

    /// <summary>Prompts without each of some rows, which then stand at the end, at every size.</summary>
    private void LeaveOut(PromptTask task, IReadOnlyList<PromptRow> rows, IReadOnlyList<int> sizes, int[] out_, List<CachedSequence> before, Dictionary<int, float[][]> train)
    {
        var chains = out_.Select(i => before[i].Fork()).ToArray();
        var reached = out_.Select(i => i + 1).ToArray();
        try
        {
            foreach (var size in sizes)
            {
                var open = Enumerable.Range(0, out_.Length).Where(c => out_[c] < size).ToArray();
                var behind = open.Where(c => reached[c] < size).Select(c => (chains[c], (int[])[.. rows.Skip(reached[c]).Take(size - reached[c]).SelectMany(task.Demonstration)])).ToArray();
                if (behind.Length > 0)
                    Run(behind, states: false);
                foreach (var c in open)
                    reached[c] = size;
                var ends = open.Select(c => chains[c].Fork()).ToArray();
                try
                {
                    var vectors = Pooled([.. open.Select((c, e) => (ends[e], rows[out_[c]].Input))]);
                    for (var e = 0; e < open.Length; e++)
                        train[size][out_[open[e]]] = vectors[e].ToArray();
                }
                finally
                {
                    foreach (var end in ends)
                        end.Dispose();
                }
            }
        }
        finally
        {
            foreach (var chain in chains)
                chain.Dispose();
        }
    }

    private (float[][] Vectors, double[][] Scores) Test(PromptTask task, IReadOnlyList<PromptRow> tests, CachedSequence behind)
    {
        var (vectors, scores) = (new float[tests.Count][], new double[tests.Count][]);
        for (var start = 0; start < tests.Count; start += TestGroup)
        {
            var count = Math.Min(TestGroup, tests.Count - start);
            var forks = Enumerable.Range(0, count).Select(_ => behind.Fork()).ToArray();
            try
            {
                var states = Run([.. forks.Select((f, i) => (f, tests[start + i].Input))], states: true);
                var pooled = graph.MeanPool(states, batch.Lengths());
                var logits = model.Logits(graph, graph.GatherRows(states, [.. batch.Segments.Select(s => s.Start + s.Length - 1)]), batch, null);
                for (var i = 0; i < count; i++)
                {
                    vectors[start + i] = pooled[i].ToArray();
                    scores[start + i] = [.. task.Labels.Select(l => (double)logits[i][l[0]])];
                }
            }
            finally
            {
                foreach (var fork in forks)
                    fork.Dispose();
            }
        }
        return (vectors, scores);
    }

    private Tensor Pooled((CachedSequence, int[])[] runs) => graph.MeanPool(Run(runs, states: true), batch.Lengths());

    /// <summary>Computes new tokens behind sequences; their hidden states behind the last norm where they are wanted.</summary>
    private Tensor Run((CachedSequence Sequence, int[] Tokens)[] runs, bool states)
    {
        graph.Reset();
        batch.Clear();
        foreach (var (sequence, tokens) in runs)
        {
            if (sequence.Length + tokens.Length > model.ContextLength)
                throw new ContextOverflowException(sequence.Length + tokens.Length, model.ContextLength);
            sequence.Reserve(tokens.Length);
            batch.Add(tokens, sequence.Length, sequence);
        }
        var result = states ? model.Forward(graph, batch, null) : model.ForwardRows(graph, batch, null, [0]);
        foreach (var (sequence, tokens) in runs)
            sequence.Advance(tokens.Length);
        return result;
    }
}
