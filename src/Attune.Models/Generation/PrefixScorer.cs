using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Generation;

/// <summary>
/// Log-likelihoods of many continuations behind many prompts. Whatever prompts share from their start is computed once: within a
/// call by a tree over the tokens, across calls by the cache. A request's numbers do not depend on what is scored beside it.
/// </summary>
internal sealed class PrefixScorer(CausalLanguageModel model, Precision precision, SequenceCache tree) : IDisposable
{
    /// <summary>New tokens in a forward pass: enough to keep the matrix products busy, few enough to stay in the caches.</summary>
    private const int PassTokens = 512;

    /// <summary>New tokens in a pass where memory is shortest.</summary>
    private const int LeastPassTokens = 16;

    /// <summary>New tokens in a group of requests whose tree is worked off together.</summary>
    private const int GroupTokens = 2048;

    /// <summary>Rows of vocabulary scores at once (25 MB at 49,152 tokens).</summary>
    private const int LogitRows = 128;

    private readonly Graph graph = new(recording: false) { Precision = precision };
    private readonly TokenBatch batch = new();

    /// <summary>Of the present pass: rows of hidden states that are read, and what is wanted behind them.</summary>
    private readonly List<int> rows = [];
    private readonly List<(int Row, int Next, int Request, int Continuation, int Index)> wanted = [];

    /// <summary>New tokens in a pass of the present call.</summary>
    private int passTokens;

    /// <summary>Tokens computed since the scorer was made.</summary>
    public long TokensComputed { get; private set; }

    /// <summary>Rows of vocabulary scores computed since the scorer was made.</summary>
    public long RowsRead { get; private set; }

    public ScoreResult[] Score(IReadOnlyList<ScoreRequest> requests, SiteSet? sites, CancellationToken cancel)
    {
        passTokens = PassTokens;
        var results = requests.Select(r => new ScoreResult(r.Continuations.Select(c => new double[c.Length]).ToArray())).ToArray();
        var sequences = new List<TokenTrie.Sequence>();
        for (var r = 0; r < requests.Count; r++)
            for (var c = 0; c < requests[r].Continuations.Count; c++)
                sequences.Add(ToSequence(requests[r], r, c, sites));
        sequences.Sort(TokenTrie.Compare);
        for (var start = 0; start < sequences.Count;)
        {
            cancel.ThrowIfCancellationRequested();
            var end = GroupEnd(sequences, start);
            ScoreInMemory(sequences.GetRange(start, end - start), sites, results, cancel);
            start = end;
        }
        return results;
    }

    /// <summary>
    /// Scores a group; where memory does not suffice, in smaller passes, then in smaller groups; where the cache is full, in smaller groups at once. The
    /// numbers stay the same.
    /// </summary>
    private void ScoreInMemory(List<TokenTrie.Sequence> sequences, SiteSet? sites, ScoreResult[] results, CancellationToken cancel)
    {
        try
        {
            ScoreGroup(sequences, sites, results, cancel);
            return;
        }
        catch (CacheFullException) when (sequences.Count > 1)
        {
            ScoreHalves(sequences, sites, results, cancel);
            return;
        }
        catch (MemoryLimitException e) when (e is not CacheFullException && (passTokens > LeastPassTokens || sequences.Count > 1))
        {
            graph.Trim();
            tree.GiveUp(e.NeededBytes - e.LimitBytes);
        }
        if (passTokens > LeastPassTokens)
        {
            // What did not fit once is not tried again in this call.
            passTokens /= 2;
            ScoreInMemory(sequences, sites, results, cancel);
            return;
        }
        ScoreHalves(sequences, sites, results, cancel);
    }

    private void ScoreHalves(List<TokenTrie.Sequence> sequences, SiteSet? sites, ScoreResult[] results, CancellationToken cancel)
    {
        var half = sequences.Count / 2;
        ScoreInMemory(sequences.GetRange(0, half), sites, results, cancel);
        ScoreInMemory(sequences.GetRange(half, sequences.Count - half), sites, results, cancel);
    }

    public void Dispose() => graph.Dispose();

    private TokenTrie.Sequence ToSequence(ScoreRequest request, int r, int c, SiteSet? sites)
    {
        var target = request.Continuations[c];
        if (request.Prompt.Length == 0 || target.Length == 0)
            throw new AttuneException("a prompt or continuation has no tokens; give both at least one");
        var prompt = PrefixKeys.Before(sites, request.Prompt);
        var length = prompt.Length + target.Length;
        if (length > model.ContextLength)
            throw new ContextOverflowException(length, model.ContextLength);
        return new TokenTrie.Sequence([.. prompt, .. target.AsSpan(0, target.Length - 1)], prompt.Length, r, c, target, SequenceLength.Counted(model, sites, length - 1));
    }

    /// <summary>The end of a group: bounded in new tokens, and in the cache pages that its edges may hold at once.</summary>
    private int GroupEnd(List<TokenTrie.Sequence> sequences, int start)
    {
        var fresh = sequences[start].Tokens.Length;
        var pages = PagesOf(fresh);
        var end = start + 1;
        while (end < sequences.Count)
        {
            var tokens = sequences[end].Tokens;
            var own = tokens.Length - tokens.AsSpan().CommonPrefixLength(sequences[end - 1].Tokens);
            fresh += own;
            pages += PagesOf(own);
            if (fresh > GroupTokens || sequences[end].Whole != sequences[start].Whole || pages > tree.Capacity / 2)
                break;
            end++;
        }
        return end;
    }

    /// <summary>Pages of a run with the copies where it leaves its parent's.</summary>
    private static int PagesOf(int tokens) => tokens / KvLayout.PageTokens + 2;

    private void ScoreGroup(List<TokenTrie.Sequence> sequences, SiteSet? sites, ScoreResult[] results, CancellationToken cancel)
    {
        var levels = TokenTrie.Build(sequences);
        try
        {
            foreach (var level in levels)
            {
                cancel.ThrowIfCancellationRequested();
                Compute(level, sites, results);
            }
        }
        finally
        {
            foreach (var edge in levels.SelectMany(l => l))
                edge.Cache?.Dispose();
        }
    }

    /// <summary>Computes the runs of one level, several in a pass, long ones in several passes.</summary>
    private void Compute(List<TokenTrie.Edge> level, SiteSet? sites, ScoreResult[] results)
    {
        var inPass = new List<(TokenTrie.Edge Edge, int Start, int End)>();
        var room = passTokens;
        foreach (var edge in level)
        {
            var at = Begin(edge, sites);
            while (at < edge.End)
            {
                var count = Math.Min(room, edge.End - at);
                edge.Cache!.Reserve(count);
                inPass.Add((edge, at, at + count));
                at += count;
                room -= count;
                if (room == 0)
                {
                    RunPass(inPass, sites, results);
                    room = passTokens;
                }
            }
        }
        RunPass(inPass, sites, results);
        foreach (var edge in level)
            Finish(edge, sites);
    }

    /// <summary>Gives an edge its cache; the position at which computing starts.</summary>
    private int Begin(TokenTrie.Edge edge, SiteSet? sites)
    {
        // A token whose scores are wanted must be computed even if its keys are cached.
        var limit = edge.Wanted.Count == 0 ? edge.End : Math.Min(edge.End, edge.Wanted.Min(w => w.Position));
        edge.Cache = edge.Parent is null || edge.InPrompt ? PrefixKeys.Open(tree, sites, edge.Tokens.AsSpan(0, edge.End), limit, edge.Whole) : null;
        if (edge.Parent is { } parent && (edge.Cache is null || edge.Cache.Length < parent.End))
        {
            // Not, or no longer, in the tree.
            edge.Cache?.Dispose();
            edge.Cache = parent.Cache!.Fork();
        }
        return edge.Cache!.Length;
    }

    private void Finish(TokenTrie.Edge edge, SiteSet? sites)
    {
        if (edge.InPrompt)
            tree.Insert(SequenceLength.Key(sites, edge.Whole), edge.Tokens.AsSpan(0, edge.End), edge.Cache!);
        for (var e = edge; e is not null && e.OpenChildren == 0; e = e.Parent)
        {
            e.Cache?.Dispose();
            e.Cache = null;
            if (e.Parent is { } parent)
                parent.OpenChildren--;
        }
    }

    private void RunPass(List<(TokenTrie.Edge Edge, int Start, int End)> runs, SiteSet? sites, ScoreResult[] results)
    {
        if (runs.Count == 0)
            return;
        graph.Reset();
        batch.Clear();
        foreach (var (edge, start, end) in runs)
            batch.Add(edge.Tokens.AsSpan(start, end - start), start, edge.Cache, whole: edge.Whole);
        rows.Clear();
        wanted.Clear();
        Want(runs);
        // Where nothing is read the keys and values are wanted all the same.
        var hidden = model.ForwardRows(graph, batch, sites, rows.Count > 0 ? System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows) : [0]);
        TokensComputed += batch.Count;
        RowsRead += rows.Count;
        for (var i = 0; i < runs.Count; i++)
            runs[i].Edge.Cache!.Advance(runs[i].End - runs[i].Start);
        if (rows.Count > 0)
            Read(hidden, runs, sites, results);
        runs.Clear();
    }

    /// <summary>Finds the rows of the pass behind which something is wanted, each once.</summary>
    private void Want(List<(TokenTrie.Edge Edge, int Start, int End)> runs)
    {
        for (var i = 0; i < runs.Count; i++)
            foreach (var group in runs[i].Edge.Wanted.Where(w => w.Position >= runs[i].Start && w.Position < runs[i].End).GroupBy(w => w.Position))
            {
                foreach (var w in group)
                    wanted.Add((rows.Count, w.Next, w.Request, w.Continuation, w.Index));
                rows.Add(batch.Segments[i].Start + group.Key - runs[i].Start);
            }
    }

    /// <param name="hidden">The hidden states of <see cref="rows"/>.</param>
    private void Read(Tensor hidden, List<(TokenTrie.Edge Edge, int Start, int End)> runs, SiteSet? sites, ScoreResult[] results)
    {
        var picked = graph.Persistent.Matrix(hidden.Rows, hidden.Columns);
        hidden.Span.CopyTo(picked.Span);
        var atOnce = Math.Min(LogitRows, passTokens);
        var normalisers = new double[Math.Min(atOnce, rows.Count)];
        for (var start = 0; start < rows.Count; start += atOnce)
        {
            var count = Math.Min(atOnce, rows.Count - start);
            graph.BeginLayer();
            var logits = model.Logits(graph, picked.Slice(start, count), batch, sites);
            LogSumExp.Rows(logits, normalisers.AsSpan(0, count));
            foreach (var w in wanted)
                if (w.Row >= start && w.Row < start + count)
                {
                    var value = (double)logits[w.Row - start][w.Next] - normalisers[w.Row - start];
                    // −∞ is a token that an intervention at the logits removed.
                    if (!double.IsFinite(value) && !(double.IsNegativeInfinity(value) && double.IsFinite(normalisers[w.Row - start]) && sites?.Logits.Count > 0))
                        throw Explain(runs, w.Request, w.Continuation, w.Index, sites);
                    results[w.Request].TokenLogProbabilities[w.Continuation][w.Index] = value;
                }
        }
    }

    private NotFiniteException Explain(List<(TokenTrie.Edge Edge, int Start, int End)> runs, int request, int continuation, int index, SiteSet? sites)
    {
        var (edge, wanted) = runs.SelectMany(r => r.Edge.Wanted.Select(w => (r.Edge, w))).First(e => (e.w.Request, e.w.Continuation, e.w.Index) == (request, continuation, index));
        var tokens = edge.Tokens.AsSpan(PrefixKeys.Count(sites)..(wanted.Position + 1));
        return FiniteDiagnosis.Explain(FormattableString.Invariant($"the score of continuation {continuation} behind prompt {request}"), model, precision, tokens, sites);
    }
}
