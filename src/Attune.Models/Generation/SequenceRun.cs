using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using System.Runtime.InteropServices;

namespace Attune.Models.Generation;

/// <summary>
/// One sequence that grows token by token over the prefix cache. Where it grows past a length at which its cached keys become invalid
/// (<see cref="CausalLanguageModel.KeepsKeys"/>), they are computed again.
/// </summary>
internal sealed class SequenceRun(CausalLanguageModel model, Graph graph, TokenBatch batch, SequenceCache cache, SiteSet? sites) : IDisposable
{
    private const int PassTokens = 512;
    private const int LeastPassTokens = 16;

    private readonly List<int> tokens = [];
    private CachedSequence? sequence;
    private int passTokens = PassTokens;

    /// <summary>Tokens computed so far.</summary>
    public int Computed { get; private set; }

    /// <summary>The hidden state behind a prompt, which is kept for later ones.</summary>
    /// <param name="prompt">With an intervention's positions before it.</param>
    public Tensor Begin(int[] prompt, CancellationToken cancel)
    {
        tokens.AddRange(prompt);
        return Open(cancel);
    }

    /// <summary>The hidden state behind one more token.</summary>
    public Tensor Next(int token, CancellationToken cancel)
    {
        var (before, after) = (Counted(tokens.Count), Counted(tokens.Count + 1));
        tokens.Add(token);
        if (before == after || model.KeepsKeys)
            return Step([token], after);
        sequence!.Dispose();
        return Open(cancel);
    }

    public void Dispose() => sequence?.Dispose();

    private int Counted(int length) => SequenceLength.Counted(model, sites, length);

    private Tensor Open(CancellationToken cancel)
    {
        var whole = Counted(tokens.Count);
        var all = CollectionsMarshal.AsSpan(tokens);
        var hidden = default(Tensor);
        sequence = PrefixKeys.Open(cache, sites, all, all.Length - 1, whole);
        while (sequence.Length < all.Length)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                hidden = Step(all.Slice(sequence.Length, Math.Min(passTokens, all.Length - sequence.Length)), whole);
            }
            catch (MemoryLimitException) when (passTokens > LeastPassTokens)
            {
                // The same numbers in smaller passes.
                passTokens /= 2;
                graph.Trim();
            }
        }
        cache.Insert(SequenceLength.Key(sites, whole), all, sequence);
        return hidden;
    }

    /// <summary>The hidden state of the last of <paramref name="next"/>.</summary>
    private Tensor Step(ReadOnlySpan<int> next, int whole)
    {
        graph.Reset();
        batch.Clear();
        sequence!.Reserve(next.Length);
        batch.Add(next, sequence.Length, sequence, whole: whole);
        var hidden = model.ForwardRows(graph, batch, sites, [next.Length - 1]);
        sequence.Advance(next.Length);
        Computed += next.Length;
        return hidden;
    }
}
