using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Generation;

/// <summary>
/// Log-likelihoods of what a decoder may write for prompts that the encoder reads. Equal prompts are read once, and what one continuation has computed is
/// not computed again for another that begins it. A request's numbers do not depend on what is scored beside it.
/// </summary>
internal sealed class SourceScorer(EncoderDecoderModel model, Graph graph, KvPagePool pool, SourceCache cache)
{
    /// <summary>Tokens in a pass, of the encoder or the decoder.</summary>
    private const int PassTokens = 512;

    /// <summary>Rows of vocabulary scores at once.</summary>
    private const int LogitRows = 128;

    private readonly TokenBatch batch = new();

    public long TokensComputed { get; private set; }

    public long RowsRead { get; private set; }

    public ScoreResult[] Score(IReadOnlyList<ScoreRequest> requests, SiteSet? sites, CancellationToken cancel)
    {
        var results = requests.Select(r => new ScoreResult(r.Continuations.Select(c => new double[c.Length]).ToArray())).ToArray();
        foreach (var request in requests)
            Check(request, sites);
        var soft = SourceReading.SoftTokens(sites);
        // Equal prompts stand together, so that they fall into one group.
        var order = Enumerable.Range(0, requests.Count).Order(Comparer<int>.Create((a, b) => requests[a].Prompt.AsSpan().SequenceCompareTo(requests[b].Prompt) is var c and not 0 ? c : a.CompareTo(b))).ToArray();
        for (var start = 0; start < order.Length;)
        {
            cancel.ThrowIfCancellationRequested();
            var (end, tokens) = (start, 0);
            while (end < order.Length && (end == start || tokens + soft + requests[order[end]].Prompt.Length <= PassTokens))
                tokens += soft + requests[order[end++]].Prompt.Length;
            ScoreInMemory(order[start..end], requests, sites, results, cancel);
            start = end;
        }
        return results;
    }

    /// <summary>Where memory does not suffice, in smaller groups; the numbers stay the same.</summary>
    private void ScoreInMemory(int[] group, IReadOnlyList<ScoreRequest> requests, SiteSet? sites, ScoreResult[] results, CancellationToken cancel)
    {
        try
        {
            ScoreGroup(group, requests, sites, results, cancel);
            return;
        }
        catch (MemoryLimitException e) when (group.Length > 1)
        {
            graph.Trim();
            if (e is not CacheFullException)
                pool.GiveUp(e.NeededBytes - e.LimitBytes);
        }
        ScoreInMemory(group[..(group.Length / 2)], requests, sites, results, cancel);
        ScoreInMemory(group[(group.Length / 2)..], requests, sites, results, cancel);
    }

    private void ScoreGroup(int[] group, IReadOnlyList<ScoreRequest> requests, SiteSet? sites, ScoreResult[] results, CancellationToken cancel)
    {
        var entries = group.Select(r => cache.Use(sites?.StateKey ?? "", requests[r].Prompt)).ToArray();
        try
        {
            var fresh = entries.Where(e => e.IsEmpty).Distinct().ToArray();
            if (fresh.Length > 0)
                TokensComputed += SourceReading.Read(model, graph, fresh, sites);
            var runs = group.SelectMany((r, i) => Runs(r, requests[r], entries[i].Sequence)).ToArray();
            for (var start = 0; start < runs.Length;)
            {
                cancel.ThrowIfCancellationRequested();
                var (end, tokens) = (start, 0);
                while (end < runs.Length && (end == start || tokens + runs[end].Tokens.Length <= PassTokens))
                    tokens += runs[end++].Tokens.Length;
                RunPass(runs.AsSpan(start, end - start), requests, sites, results);
                start = end;
            }
        }
        finally
        {
            foreach (var entry in entries)
                cache.Release(entry);
        }
    }

    /// <summary>What the decoder reads for a request's continuations: the start token and all of each but the last; not what begins another.</summary>
    private List<Run> Runs(int request, ScoreRequest texts, CachedSequence source)
    {
        var runs = new List<Run>();
        foreach (var (target, index) in texts.Continuations.Select((c, i) => (c, i)).OrderByDescending(c => c.c.Length))
        {
            int[] tokens = [model.StartId, .. target.AsSpan(0, target.Length - 1)];
            var run = runs.Find(r => r.Tokens.AsSpan().StartsWith(tokens));
            if (run is null)
                runs.Add(run = new Run(tokens, source));
            for (var i = 0; i < target.Length; i++)
                run.Wanted.Add((i, target[i], request, index));
        }
        return runs;
    }

    private void RunPass(ReadOnlySpan<Run> runs, IReadOnlyList<ScoreRequest> requests, SiteSet? sites, ScoreResult[] results)
    {
        var sequences = new List<CachedSequence>();
        try
        {
            graph.Reset();
            batch.Clear();
            foreach (var run in runs)
            {
                sequences.Add(SourceReading.Begin(model, pool, sites, run.Source));
                sequences[^1].Reserve(run.Tokens.Length);
                batch.Add(run.Tokens, sequences[^1].Length, sequences[^1]);
            }
            var hidden = model.Forward(graph, batch, sites);
            TokensComputed += batch.Count;
            RowsRead += batch.Count;
            Read(hidden, runs, requests, sites, results);
        }
        finally
        {
            foreach (var sequence in sequences)
                sequence.Dispose();
        }
    }

    private void Read(Tensor hidden, ReadOnlySpan<Run> runs, IReadOnlyList<ScoreRequest> requests, SiteSet? sites, ScoreResult[] results)
    {
        var kept = graph.Persistent.Matrix(hidden.Rows, hidden.Columns);
        hidden.Span.CopyTo(kept.Span);
        var normalisers = new double[Math.Min(LogitRows, kept.Rows)];
        for (var start = 0; start < kept.Rows; start += LogitRows)
        {
            var count = Math.Min(LogitRows, kept.Rows - start);
            graph.BeginLayer();
            var logits = model.Logits(graph, kept.Slice(start, count), batch, sites);
            LogSumExp.Rows(logits, normalisers.AsSpan(0, count));
            for (var r = 0; r < runs.Length; r++)
                foreach (var (position, next, request, continuation) in runs[r].Wanted)
                {
                    var row = batch.Segments[r].Start + position - start;
                    if ((uint)row >= (uint)count)
                        continue;
                    var value = (double)logits[row][next] - normalisers[row];
                    // −∞ is a token that an intervention at the logits removed.
                    if (!double.IsFinite(value) && !(double.IsNegativeInfinity(value) && double.IsFinite(normalisers[row]) && sites?.Logits.Count > 0))
                        throw Explain(requests[request], request, continuation, position, sites);
                    results[request].TokenLogProbabilities[continuation][position] = value;
                }
        }
    }

    private NotFiniteException Explain(ScoreRequest texts, int request, int continuation, int position, SiteSet? sites) => FiniteDiagnosis.Explain(
        FormattableString.Invariant($"the score of continuation {continuation} behind prompt {request}"), model, graph.Precision, [.. texts.Prompt, .. texts.Continuations[continuation].AsSpan(0, position)], sites, texts.Prompt.Length);

    private void Check(ScoreRequest request, SiteSet? sites)
    {
        if (request.Prompt.Length == 0 || request.Continuations.Any(c => c.Length == 0))
            throw new AttuneException("a prompt or continuation has no tokens; give both at least one");
        // The start token stands in the place of the last, which is only predicted.
        SourceReading.Check(model, sites, request.Prompt, request.Continuations.Select(c => c.Length).DefaultIfEmpty().Max());
    }

    private sealed class Run(int[] tokens, CachedSequence source)
    {
        public int[] Tokens { get; } = tokens;
        public CachedSequence Source { get; } = source;

        /// <summary>What is wanted of the scores behind a position: (position, which is also the place in the continuation, next token, request, continuation).</summary>
        public List<(int Position, int Next, int Request, int Continuation)> Wanted { get; } = [];
    }
}
